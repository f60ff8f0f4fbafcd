import SwellModel

/// Definitions written as YAML.
enum DefinitionYAMLTarget: FuzzTarget {
  static let name = "definition-yaml"

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    _ = try DefinitionReading.check(input, .yaml, TextPlaces(input, breaks: .yaml))
  }
}
