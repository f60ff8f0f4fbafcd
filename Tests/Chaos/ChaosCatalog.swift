/// All cases, in the order in which they run.
public enum ChaosCatalog {
  public static let all: [ChaosCase] =
    ProcessFaults.cases + DatabaseFaults.cases + CallFaults.cases + NetworkFaults.cases
    + PoolerFaults.cases + FailoverFaults.cases

  /// The cases of these names; nil is all of them.
  ///
  /// - Throws: the first name that is none.
  public static func cases(named names: [String]) throws(UnknownCase) -> [ChaosCase] {
    if names.isEmpty { return all }
    var chosen: [ChaosCase] = []
    for name in names {
      guard let one = all.first(where: { $0.name == name }) else { throw UnknownCase(name: name) }
      chosen.append(one)
    }
    return chosen
  }

  public struct UnknownCase: Error, CustomStringConvertible {
    public var name: String
    public var description: String { "there is no case \(name); --list names them" }
  }
}
