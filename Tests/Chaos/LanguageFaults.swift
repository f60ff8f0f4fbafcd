import Foundation
import SwellTesting

/// Workers that die over runs that wait, branch, repeat, and call other runs.
enum LanguageFaults {
  static let cases = [familyUnderKill, familyCancelled]

  static let leg = """
    workflow: leg
    defaults: {timeout: 60s}
    nodes:
      go: {handler: work}
      rest: {wait: {duration: 50ms}, needs: go}
      arrive: {handler: work, needs: [go, rest]}
    """

  /// A parent with six items that are runs, a run of another workflow, waits, and a branch.
  static let journey = """
    workflow: journey
    defaults: {timeout: 60s}
    nodes:
      plan: {handler: work}
      parts:
        needs: plan
        map: {over: "${{ lists.range(6) }}", spread: true}
        handler: work
        input: {ms: "${{ nodes.plan.ms + item }}"}
      sums:
        map: {over: "${{ nodes.parts }}", concurrency: 2}
        transform: cel
        with: {value: "${{ item.ms - nodes.plan.ms }}"}
      trip: {call: leg, needs: plan, input: {ms: "${{ nodes.plan.ms }}"}}
      word: {wait: {signal: go}, needs: trip}
      count: {loop: {until: "${{ last >= 4 }}"}, transform: cel, with: {value: "${{ (last == null ? 0 : last) + 1 }}"}}
      choice:
        branch:
          - when: ${{ nodes.sums == [0, 1, 2, 3, 4, 5] && nodes.count == 4 }}
            then: [ship]
          - otherwise: [lost]
      ship: {handler: work, needs: [word, trip]}
      lost: {handler: reject_work}
    """

  static let familyUnderKill = ChaosCase(
    "family_under_kill",
    "Runs with spread maps, calls, loops, waits for signals and branches lose their workers, and "
      + "signals arrive meanwhile; each attempt has one child, and each parent hears of each end once.",
    limit: .seconds(120)
  ) { scene in
    scene.tolerateCrashBudget()
    try await scene.apply(leg)
    try await scene.apply(journey)
    let load = scene.load("journey", perSecond: 10, input: #"{"ms": 10}"#)
    scene.supervise(3)
    try await scene.stored(100)
    let end = ContinuousClock.now + .seconds(12)
    while ContinuousClock.now < end {
      try await sayGo(scene)
      try await scene.pass(.milliseconds(scene.random(in: 300..<900)))
      let living = scene.living()
      guard !living.isEmpty else { continue }
      living[scene.random(in: 0..<living.count)].signal(SIGKILL)
    }
    await load.stop()
    // Whoever is still on the way waits for its word.
    for _ in 0..<100 {
      try await sayGo(scene)
      try await scene.pass(.milliseconds(200))
      let live = try await scene.database.scalar("SELECT count(*) FROM swell.ready")
      if live == "0" { break }
    }
    try await scene.quiet()
    let odd = try await scene.database.scalar(
      """
      SELECT count(*) FROM swell.run AS r
      WHERE r.workflow = 'journey' AND r.state = 'succeeded' AND (
        SELECT count(DISTINCT (c.parent_place - 'attempt')) FROM swell.run AS c
        WHERE c.parent = r.run_id AND c.state = 'succeeded') <> 7
      """, patience: .seconds(10))
    scene.require(odd == "0", "\(odd ?? "?") parents succeeded without all their children")
  }

  /// Tells every run that waits for a word, however often.
  private static func sayGo(_ scene: ChaosScene) async throws {
    _ = try? await scene.database.query(
      """
      SELECT swell.signal(n.run_id, 'go') FROM swell.node AS n
      WHERE n.node_id = 'word' AND n.state = 'waiting'
        AND NOT EXISTS (SELECT FROM swell.signal AS s WHERE s.run_id = n.run_id AND s.kind = 'signal')
      """)
  }

  static let familyCancelled = ChaosCase(
    "family_cancelled",
    "Parents are cancelled by the dozen while their workers are killed; no child outlives its parent.",
    limit: .seconds(90)
  ) { scene in
    scene.tolerateCrashBudget()
    try await scene.apply(leg)
    try await scene.apply(journey)
    let load = scene.load("journey", perSecond: 10, input: #"{"ms": 100}"#, expecting: .ended)
    scene.supervise(3)
    try await scene.stored(50)
    for round in 1...10 {
      for _ in 0..<3 {
        _ = try? await scene.database.query(
          """
          SELECT swell.cancel(run_id, 'chaos') FROM (
            SELECT run_id FROM swell.run WHERE state = 'live' AND workflow = 'journey'
            ORDER BY md5(run_id::text || '\(round)') LIMIT 4) AS r
          """)
        try await scene.pass(.milliseconds(scene.random(in: 50..<250)))
      }
      let living = scene.living()
      if !living.isEmpty { living[scene.random(in: 0..<living.count)].signal(SIGKILL) }
    }
    await load.stop()
    _ = try? await scene.database.query(
      "SELECT swell.cancel(run_id, 'chaos') FROM swell.run WHERE state = 'live' AND workflow = 'journey'"
    )
    try await scene.quiet()
  }
}
