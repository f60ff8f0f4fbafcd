import CEL
import SwellModel

extension RunState {
  /// What an expression came to.
  enum Evaluated<Value> {
    case value(Value)
    /// It read the output of a node that ended without one.
    case absent
    case failed(NodeError)
  }

  /// The values that the expressions at an index see.
  private func bindings(
    _ index: Int, _ environment: CELEnvironment, _ outputs: OutputFields,
    _ secrets: any SecretSource
  ) -> CELBindings {
    var bindings = CELBindings(environment)
    let (documents, input, home) = (documents, input, unit(index).node)
    bindings.set("input") { () throws(CELError) in
      try documents.value(DocumentCache.input, input)
    }
    bindings["nodes"] = .map(CELMap(outputs))
    if workflow.isPart { bindItem(to: &bindings) }
    bindings["secrets"] = .map(CELMap(SecretFields(source: secrets)))
    let facts = facts ?? RunFacts()
    bindings["run"] = .map(
      CELMap([
        ("id", .string(facts.id)), ("workflow", .string(facts.workflow)),
        ("version", .int(Int64(facts.version))), ("queue", .string(facts.queue)),
      ]))
    if let primary = workflow.primary[home] {
      let (error, given) = (nodes[primary].error ?? .null, primaryInput(of: primary))
      bindings.set("$primaryError") { () throws(CELError) in try JSONDocument(error.bytes).root }
      bindings.set("$primaryInput") { () throws(CELError) in try JSONDocument(given.bytes).root }
    }
    if workflow.isErrorHandler[home] {
      let error = runError()
      bindings.set("$error") { () throws(CELError) in try JSONDocument(error.bytes).root }
      bindings["$failedNode"] =
        failedNode.map { .string(workflow.workflow.nodes[$0].id) } ?? .null
    }
    bindPart(index, to: &bindings)
    return bindings
  }

  /// Evaluates one expression or template.
  func evaluate<Value>(
    _ index: Int, what: String, isRepeated: Bool, secrets: any SecretSource,
    _ body: (CELBindings) throws(CELError) -> Value
  ) -> Evaluated<Value> {
    guard let expressions = workflow.expressions[unit(index).node] else {
      return .failed(expressionError(index, what, CELError(.syntax, "there is no expression")))
    }
    if let problem = expressions.problem {
      return .failed(
        NodeError(
          .definition, "the expressions cannot be read: \(problem)", code: "unreadable_expression",
          context: context(of: index)))
    }
    let outputs = OutputFields(self)
    let bindings = bindings(
      index, isRepeated ? expressions.repeatedEnvironment : expressions.environment, outputs,
      secrets)
    do throws(CELError) {
      return .value(try body(bindings))
    } catch {
      if outputs.explain(error) { return .absent }
      return .failed(secrets.redacting(expressionError(index, what, error)))
    }
  }

  /// What a node is given, rendered.
  struct Rendered {
    var input: Payload
    /// Nil when it is what the definition says.
    var with: Payload?
  }

  /// Renders `input` and `with`.
  func render(_ index: Int, secrets: any SecretSource) -> Evaluated<Rendered> {
    var rendered = Rendered(input: .null, with: nil)
    let expressions = workflow.expressions[unit(index).node]
    if let template = expressions?.input {
      switch evaluate(
        index, what: "input", isRepeated: true, secrets: secrets,
        { bindings throws(CELError) in try template.evaluateJSON(bindings) })
      {
      case .value(let bytes): rendered.input = Payload(bytes: bytes)
      case .absent: return .absent
      case .failed(let error): return .failed(error)
      }
    } else {
      rendered.input = input(of: index)
    }
    if let template = expressions?.with {
      switch evaluate(
        index, what: "with", isRepeated: true, secrets: secrets,
        { bindings throws(CELError) in try template.evaluateJSON(bindings) })
      {
      case .value(let bytes): rendered.with = Payload(bytes: bytes)
      case .absent: return .absent
      case .failed(let error): return .failed(error)
      }
    } else if expressions?.problem != nil {
      return .failed(
        expressionError(index, "with", CELError(.syntax, expressions?.problem ?? "")))
    }
    return .value(rendered)
  }

  /// The input of a node as it may be stored: with stars for secrets. Nil when it cannot be had.
  func storedInput(of index: Int) -> Payload? {
    guard let template = workflow.expressions[unit(index).node]?.input else {
      return input(of: index)
    }
    let stored = evaluate(index, what: "input", isRepeated: true, secrets: HiddenSecrets()) {
      bindings throws(CELError) in try template.evaluateJSON(bindings)
    }
    guard case .value(let bytes) = stored else { return nil }
    return Payload(bytes: bytes)
  }

  /// Evaluates a condition.
  func condition(
    _ template: CELTemplate, of index: Int, what: String, isRepeated: Bool,
    secrets: any SecretSource
  ) -> Evaluated<Bool> {
    evaluate(index, what: what, isRepeated: isRepeated, secrets: secrets) {
      bindings throws(CELError) in
      guard case .bool(let flag) = try template.evaluate(bindings) else {
        throw CELError(.typeMismatch, "it must give true or false")
      }
      return flag
    }
  }

  func expressionError(_ index: Int, _ what: String, _ error: CELError) -> NodeError {
    var place = what
    if let pointer = error.pointer { place += pointer.replacing("/", with: ".") }
    if let at = error.place { place += ", line \(at.line), column \(at.column)" }
    var context = context(of: index)
    context.operation = "evaluate \(what)"
    return NodeError(
      .marshaling, "\(place): \(error.message)", code: "expression_\(error.code.rawValue)",
      context: context)
  }

  func context(of index: Int) -> NodeError.Context {
    NodeError.Context(
      node: definition(index).id, operation: "plan", attempt: nodes[index].attempt,
      wave: nodes[index].wave)
  }
}
