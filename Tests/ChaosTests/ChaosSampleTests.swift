import Chaos
import Testing

/// The short cases of the fault suite, each with a seed of its own that a failure prints.
@Suite(.serialized) struct ChaosSampleTests {
  @Test(arguments: ChaosCatalog.all.filter(\.isInSample).map(\.name))
  func `a fault loses, doubles and strands nothing`(name: String) async throws {
    let seed = UInt64.random(in: 0...UInt64(Int64.max))
    let runner = ChaosRunner(seed: seed)
    let one = try ChaosCatalog.cases(named: [name])[0]
    let report = await runner.run(one)
    #expect(report.findings == [], "seed \(seed); logs: \(report.folder ?? "none")")
    #expect(report.skipped == nil)
  }
}
