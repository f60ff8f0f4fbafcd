import SwellTesting

/// What became of everything that was acknowledged, computed the same way for every case.
struct ChaosVerdict: Sendable {
  /// Acknowledged runs that are not there or ended otherwise, and successes without their effect.
  var lost: [String] = []
  /// Executions and ends that must not have happened.
  var doubled: [String] = []
  /// Runs that were still live when the case's time was over.
  var stranded: [String] = []
  /// Whatever else breaks an invariant.
  var violations: [String] = []
  /// Runs that failed as `workerLost` because they had lost three workers, as the crash budget says.
  var overBudget = 0
  var runs = 0
  /// From each fault to the first execution that only could happen after it, in milliseconds.
  var resumed: [Double] = []
  /// From each kill until everything that was in flight there had started elsewhere.
  var allResumed: [Double] = []

  var isGood: Bool {
    lost.isEmpty && doubled.isEmpty && stranded.isEmpty && violations.isEmpty
  }
}
