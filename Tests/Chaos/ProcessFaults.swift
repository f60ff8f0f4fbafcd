import Foundation
import SwellTesting

/// Worker processes that die, stand still, or are told to stop.
enum ProcessFaults {
  static let cases = [killRandom, killSample]

  static let killRandom = ChaosCase(
    "kill_random",
    "Workers are killed with SIGKILL at 200 random moments under load, others start in their place.",
    limit: .seconds(420)
  ) { scene in
    try await KillSeries(kills: 200).run(on: scene)
  }

  static let killSample = ChaosCase(
    "kill_sample", "Like kill_random, with ten kills.", limit: .seconds(60), isInSample: true
  ) { scene in
    try await KillSeries(kills: 10).run(on: scene)
  }
}
