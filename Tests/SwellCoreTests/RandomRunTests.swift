import SwellCore
import SwellModel
import Testing

/// Random graphs with random behaviour; the end is compared with what the design says of the
/// whole graph. Seeds are printed: run one alone by making it the whole range.
@Suite struct RandomRunTests {
  static let seeds: Range<UInt64> = 0..<2000

  private func finish(
    _ seed: UInt64, _ weather: RandomRun.Weather, order: UInt64 = 1
  ) -> RandomRun {
    var generator = SeededGenerator(seed: seed)
    let graph = RandomGraph(&generator)
    var run = RandomRun(
      graph, weather: weather, generator: SeededGenerator(seed: seed &* 31 &+ order))
    run.finish()
    return run
  }

  private func check(_ weather: RandomRun.Weather, order: UInt64 = 1) {
    var shown = 0
    for seed in Self.seeds where shown < 5 {
      let run = finish(seed, weather, order: order)
      if !run.problems.isEmpty { shown += 1 }
      #expect(run.problems.isEmpty, "seed \(seed): \(run.problems.prefix(4))")
    }
  }

  @Test func `outcomes one by one come to the end that the graph has`() {
    check(.init(together: 0))
  }

  @Test func `outcomes together come to the end that the graph has`() {
    check(.init(together: 1))
  }

  @Test func `outcomes in any order, together or one by one, come to the same end`() {
    var shown = 0
    for seed in Self.seeds where shown < 5 {
      let first = finish(seed, .init(together: 0))
      for order in 2...4 {
        let other = finish(seed, .init(together: Double(order - 2) / 2), order: UInt64(order))
        let isSame =
          first.run.end?.state == other.run.end?.state
          && first.run.end?.output == other.run.end?.output
          && (first.run.end?.state != .succeeded
            || first.run.store.rows.mapValues(\.state) == other.run.store.rows.mapValues(\.state))
        if !isSame { shown += 1 }
        #expect(isSame, "seed \(seed), order \(order)")
      }
    }
  }

  @Test func `workers that lack kinds hand the run on to its end`() {
    check(.init(lacksKinds: true))
  }

  @Test func `a run that is dropped at any point comes to the same end from its rows`() {
    check(.init(crashes: 0.15, lacksKinds: true))
  }

  @Test func `a run that kills its workers ends`() {
    check(.init(crashes: 0.15, crashesCount: true))
  }

  @Test func `a cancelled run ends`() {
    check(.init(cancel: 0.1))
    check(.init(crashes: 0.1, cancel: 0.1))
  }

  @Test func `a run with a deadline ends`() {
    check(.init(hasDeadline: true))
    check(.init(crashes: 0.1, hasDeadline: true, lacksKinds: true))
  }

  @Test func `a run that is retried comes to the end that the graph has`() {
    check(.init(isRetried: true))
    check(.init(crashes: 0.1, cancel: 0.3, isRetried: true))
  }
}
