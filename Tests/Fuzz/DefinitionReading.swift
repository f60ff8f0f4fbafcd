import SwellModel

/// What holds for every definition that is read, and for every one that is refused.
enum DefinitionReading {
  /// - Returns: the definition, if the text is one.
  static func check(
    _ text: [UInt8], _ format: WorkflowDefinition.Format, _ places: TextPlaces
  ) throws(FuzzFinding) -> WorkflowDefinition? {
    let definition: WorkflowDefinition
    do {
      definition = try WorkflowDefinition.parse(text, format: format)
    } catch {
      try check(error, of: text, places)
      return nil
    }
    if let problem = PayloadScanTarget.problem(definition.json.bytes, .standard) {
      throw FuzzFinding("accepted, but cannot be stored: \(problem): \(definition.json)")
    }
    do {
      let stored = try WorkflowDefinition(stored: definition.json)
      try FuzzFinding.unless(
        stored == definition, "read back as \(stored.json), was \(definition.json)")
      let again = try WorkflowDefinition.parse(definition.json.bytes, format: .json)
      try FuzzFinding.unless(
        again == definition, "applied again as \(again.json), was \(definition.json)")
    } catch let finding as FuzzFinding {
      throw finding
    } catch {
      throw FuzzFinding("accepted, but what is stored is not: \(error): \(definition.json)")
    }
    return definition
  }

  static func check(
    _ refusal: DefinitionProblems, of text: [UInt8], _ places: TextPlaces
  ) throws(FuzzFinding) {
    try FuzzFinding.unless(!refusal.problems.isEmpty, "refused without a problem")
    for problem in refusal.problems {
      let isCode =
        !problem.code.isEmpty
        && problem.code.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
      try FuzzFinding.unless(isCode, "the code '\(problem.code)'")
      try FuzzFinding.unless(!problem.message.isEmpty, "no message")
      try FuzzFinding.unless(places.hold(problem.place), "\(problem), beyond the text")
    }
    for problem in refusal.problems where problem.message.contains("control characters") {
      // DEL, what is below space, U+0080 to U+009F, and U+FEFF, U+FFFE and U+FFFF.
      let found = places.offset(of: problem.place).map { Array(text[$0...].prefix(2)) } ?? []
      let isControl =
        found.first.map { $0 < 0x20 || $0 == 0x7F || [0xC2, 0xEF].contains($0) } ?? false
      try FuzzFinding.unless(isControl, "\(problem), where there is \(found)")
    }
    let ordered = zip(refusal.problems, refusal.problems.dropFirst())
    try FuzzFinding.unless(
      ordered.allSatisfy { $0.place <= $1.place }, "problems out of order: \(refusal)")
  }
}
