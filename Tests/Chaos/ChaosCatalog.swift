/// All cases, in the order in which they run.
public enum ChaosCatalog {
  public static let all: [ChaosCase] = [
    KillFaults.cases, StallFaults.cases, MemoryFaults.cases, StopFaults.cases, ServerFaults.cases,
    SessionFaults.cases, LockFaults.cases, WorldFaults.cases, CallFaults.cases, NetworkFaults.cases,
    PoolerFaults.cases, FailoverFaults.cases, LanguageFaults.cases, TransactionFaults.cases,
  ].flatMap { $0 }

  /// The cases of these names; all of them when there is no name.
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

  /// A few of the short cases, as a seed chooses them.
  public static func sample(_ count: Int, seed: UInt64) -> [ChaosCase] {
    var generator = SeededGenerator(seed: seed)
    return Array(all.filter(\.isInSample).shuffled(using: &generator).prefix(count))
  }

  public struct UnknownCase: Error, CustomStringConvertible {
    public var name: String
    public var description: String { "there is no case \(name); --list names them" }
  }
}
