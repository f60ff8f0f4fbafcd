extension KindCatalog.Kind {
  /// What is wrong with `with` of a node in a role; paths are relative to it.
  ///
  /// What a kind says itself of a place comes before what follows from its settings.
  ///
  /// - Parameter isEvaluated: whether expressions have been replaced by what they gave, so that `${{` is
  ///   a text like any other.
  func problems(
    of with: LocatedObject, in role: Node.Role, owner: String, isEvaluated: Bool = false
  ) -> [DefinitionProblem] {
    // That it cannot have this role is said of the role, once.
    guard roles.contains(role) else { return [] }
    let own = check(with, role)
    guard let settings else { return own }
    var report = DefinitionReport()
    report.takesTemplates = !isEvaluated
    report.check(with, against: settings, in: role, owner: owner)
    let general = report.problems.filter { problem in
      !own.contains { $0.place == problem.place && $0.path == problem.path }
    }
    return own + general
  }
}

extension KindCatalog {
  /// What is wrong with settings whose expressions have been evaluated.
  public func problems(
    ofEvaluated settings: JSONValue, kind: String, in role: Node.Role
  ) -> [DefinitionProblem] {
    guard let object = LocatedValue(settings, at: .start).object else {
      return [
        DefinitionProblem(
          "wrong_type", "the settings of \(kind) must be an object", path: "", at: .start)
      ]
    }
    return kinds[kind]?.problems(of: object, in: role, owner: kind, isEvaluated: true) ?? []
  }
}
