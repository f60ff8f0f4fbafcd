/// All targets, in the order in which they are fuzzed.
public enum FuzzTargets {
  public static let all: [any FuzzTarget.Type] = [
    DefinitionYAMLTarget.self, DefinitionJSONTarget.self, CasesTarget.self, PayloadScanTarget.self,
    JSONValueTarget.self, NodeErrorTarget.self, RowsTarget.self, UUIDTarget.self,
    DurationTarget.self, ByteSizeTarget.self, WebAddressTarget.self,
  ]

  public static var names: [String] { all.map { $0.name } }
}
