/// A client that enqueues without pause, and does not mind that the database goes away.
///
/// Ten times a second it enqueues a tenth of the rate. A batch whose commit was not acknowledged is
/// not counted and not repeated: nobody knows whether it is there.
final class ChaosLoad: Sendable {
  private let task: Task<Int, Never>

  init(_ scene: ChaosScene, _ workflow: String, perSecond rate: Int, input: String) {
    let batch = max(1, rate / 10)
    task = Task {
      let connection = PatientConnection(scene.database.url)
      var failures = 0
      var next = ContinuousClock.now
      while !Task.isCancelled {
        do {
          try await scene.enqueue(workflow, batch, input: input, over: connection)
        } catch {
          failures += 1
        }
        // What an outage held back does not come all at once.
        next = max(next, ContinuousClock.now - .milliseconds(200)) + .milliseconds(100)
        try? await Task.sleep(until: next)
      }
      await connection.close()
      return failures
    }
  }

  /// Ends it; returns how many batches were not acknowledged.
  @discardableResult
  func stop() async -> Int {
    task.cancel()
    return await task.value
  }
}
