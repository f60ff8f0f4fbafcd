import SwellModel

/// Definitions written as JSON. Where the YAML reader takes the same text, too, it means the same.
enum DefinitionJSONTarget: FuzzTarget {
  static let name = "definition-json"

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    let places = TextPlaces(input, breaks: .lineFeed)
    guard let definition = try DefinitionReading.check(input, .json, places) else { return }
    // In a text with U+0085, U+2028 or U+2029 libyaml sees breaks of lines, and folds them.
    guard places == TextPlaces(input, breaks: .yaml),
      let other = try? WorkflowDefinition.parse(input, format: .yaml)
    else { return }
    try FuzzFinding.unless(
      other == definition, "as YAML it is \(other.json), as JSON \(definition.json)")
  }
}
