import Chaos
import Foundation
import Testing

/// A few short cases of the fault suite, other ones in each run. `SWELL_CHAOS_SEED` repeats those
/// of a run that failed.
@Suite(.serialized) struct ChaosSampleTests {
  static let seed =
    ProcessInfo.processInfo.environment["SWELL_CHAOS_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 0...UInt64(Int64.max))

  @Test(arguments: ChaosCatalog.sample(4, seed: seed).map(\.name))
  func `a fault loses, doubles and strands nothing`(name: String) async throws {
    let report = await ChaosRunner(seed: Self.seed).run(try ChaosCatalog.cases(named: [name])[0])
    #expect(report.findings == [], "seed \(Self.seed); logs: \(report.folder ?? "none")")
    #expect(report.skipped == nil)
  }

  @Test func `the cases have names of their own and say what they do`() {
    let names = ChaosCatalog.all.map(\.name)
    #expect(Set(names).count == names.count)
    for one in ChaosCatalog.all {
      #expect(one.name.wholeMatch(of: /[a-z][a-z0-9_]*/) != nil, "\(one.name)")
      #expect(one.summary.hasSuffix("."), "\(one.name)")
    }
  }
}
