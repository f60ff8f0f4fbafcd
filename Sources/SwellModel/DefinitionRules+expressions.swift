import CEL

extension DefinitionRules {
  /// Compiles every expression to see what is wrong with it, and makes what it reads of other nodes
  /// data edges.
  mutating func readExpressions() {
    for index in drafts.indices where !drafts[index].templates.isEmpty {
      var reads: [NodeDraft.Reference] = []
      for template in drafts[index].templates {
        check(template, of: index, reads: &reads)
      }
      addNeeds(reads, of: index)
      self.reads[index] = reads
    }
  }

  private func scope(of index: Int, isRepeated: Bool) -> ExpressionScope {
    var scope = ExpressionScope()
    if isRepeated {
      switch drafts[index].node.repetition {
      case .map: scope.hasItem = true
      case .loop: scope.hasIteration = true
      case nil: break
      }
    }
    scope.isFallback = primary[index] != nil
    scope.isErrorHandler = handlers.contains(index)
    return scope
  }

  private mutating func check(
    _ template: NodeDraft.Template, of index: Int, reads: inout [NodeDraft.Reference]
  ) {
    let environment = scope(of: index, isRepeated: template.isRepeated).environment
    let compiled: CELTemplate
    do throws(CELProblems) {
      compiled = try environment.template(
        template.text,
        origin: CELPlace(line: template.place.line, column: template.place.column))
    } catch {
      for problem in error.all { add(problem, template) }
      return
    }
    checkType(of: compiled, template)
    let nodes = compiled.references(of: "nodes")
    let secrets = compiled.references(of: "secrets")
    for problem in nodes.problems + secrets.problems { add(problem, template) }
    if drafts[index].node.isCall, let secret = secrets.fields.first {
      report.add(
        "secret_in_call",
        "the input of a run is stored, and secrets are not; let the nodes of the called workflow read secrets.\(secret.name)",
        path: template.path, at: place(secret.places.first, template))
    }
    for field in nodes.fields {
      reads.append(
        NodeDraft.Reference(
          id: field.name, path: template.path, place: place(field.places.first, template)))
    }
  }

  private mutating func checkType(of compiled: CELTemplate, _ template: NodeDraft.Template) {
    guard let expected = template.expects else { return }
    guard let expression = compiled.expression else {
      report.add(
        "not_expression",
        "\(template.path) must be one expression in ${{ }} and nothing beside it",
        path: template.path, at: template.place)
      return
    }
    let (fits, name) =
      switch (expected, expression.type) {
      case (_, .dyn), (.bool, .bool), (.list, .list): (true, "")
      case (.bool, _): (false, "true or false")
      case (.list, _): (false, "a list")
      }
    guard !fits else { return }
    report.add(
      "expression_type", "\(template.path) must give \(name), and this gives \(expression.type)",
      path: template.path, at: template.place)
  }

  private mutating func add(_ problem: CELError, _ template: NodeDraft.Template) {
    var message = problem.message
    if problem.code == .unknownVariable,
      let name = problem.message.split(separator: "'").dropFirst().first,
      let home = ExpressionScope.home(of: String(name))
    {
      message = "'\(name)' is only known \(home)"
    }
    report.add(
      "expression_" + problem.code.rawValue, message, path: template.path,
      at: place(problem.place, template))
  }

  private func place(_ place: CELPlace?, _ template: NodeDraft.Template) -> SourcePlace {
    place.map { template.value.place(ofLine: $0.line, column: $0.column) } ?? template.place
  }

  private mutating func addNeeds(_ reads: [NodeDraft.Reference], of index: Int) {
    for reference in reads {
      guard let target = lookUp(reference, from: drafts[index], self: "self_read") else { continue }
      var top = index
      var chain: [Int] = []
      while let next = primary[top], !chain.contains(next) {
        chain.append(next)
        top = next
      }
      guard !chain.contains(target) else {
        report.add(
          "reads_primary",
          "'\(reference.id)' has failed when its fallback runs; read $primaryError and $primaryInput",
          path: reference.path, at: reference.place)
        continue
      }
      // A handler reads what has come to an end before it began, and waits for nothing else.
      if handlers.contains(top), !handlers.contains(target) { continue }
      if handlers.contains(target), !handlers.contains(top) {
        report.add(
          "on_error_needed", "'\(reference.id)' is in onError and runs only after a failure",
          path: reference.path, at: reference.place)
        continue
      }
      if let first = primary[target] {
        report.add(
          "fallback_needed",
          "'\(reference.id)' is the fallback of '\(drafts[first].id)'; read "
            + "'\(drafts[first].id)', whose output it stands in for", path: reference.path,
          at: reference.place)
        continue
      }
      if !needs[index].contains(target) { needs[index].append(target) }
    }
  }
}
