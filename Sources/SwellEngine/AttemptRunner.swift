import Logging
import SwellCore
import SwellModel
import SwellPostgres

/// Executes one attempt, off the reactor, and posts how it ended.
///
/// A class, because it goes through several hands: copying all that it refers to for each of them cost
/// as much as executing it.
final class AttemptRunner: Sendable {
  let request: NodeRequest
  let entry: KindRegistry.Entry?
  /// Of a node under a half-open circuit: its name, and who is asked for leave.
  let probe: (circuit: String, prober: Prober)?

  var handle: AttemptHandle { request.handle }
  private var secrets: SecretStore { request.secrets }

  init(
    request: NodeRequest, entry: KindRegistry.Entry?, probe: (circuit: String, prober: Prober)?
  ) {
    self.request = request
    self.entry = entry
    self.probe = probe
  }

  /// Executes the attempt from its start to its end.
  func execute() async {
    var started = MonotonicClock.now()
    var result = handle.isCancelled ? .failure(stopped()) : await attempt(&started)
    if case .failure(let error) = result { result = .failure(secrets.redacting(error)) }
    _ = request.host.faults?.reach(.afterEffect)
    if handle.hasCommitted {
      // The recorder has been told of the success that is stored.
      if case .failure(let error) = result {
        request.logger.error(
          "a handler failed after its transaction, which has made the node succeed",
          metadata: ["error": "\(error)"])
      }
      return
    }
    handle.end()
    request.host.mailbox.post(
      Completion(
        run: request.run, hold: handle.hold, node: handle.node, attempt: request.attempt,
        result: result, started: started, finished: MonotonicClock.now()))
  }

  private func attempt(_ started: inout Moment) async -> AttemptResult {
    guard let entry else {
      return .failure(
        NodeError(
          .other, "this worker has no \(request.definition.kind)", code: "unknown_kind",
          context: context("execute")))
    }
    if let probe, await !probe.prober.mayTry(probe.circuit) { return .notTried }
    if handle.isCancelled { return .failure(stopped()) }
    guard entry.kind.isTransaction(request) else { return await permitted(entry, &started) }
    var began = started
    let result = await request.host.room.inLine(request.run, handle) {
      await permitted(entry, &began)
    }
    started = began
    return result ?? .failure(stopped())
  }

  private func permitted(
    _ entry: KindRegistry.Entry, _ started: inout Moment
  ) async -> AttemptResult {
    if let permits = entry.permits?.permits(for: entry.kind.resource(of: request)) {
      guard await permits.acquire() else { return .failure(stopped()) }
      defer { permits.release() }
      return await begin(entry.kind, &started)
    }
    return await begin(entry.kind, &started)
  }

  /// Its time begins once it has all that it waits for. The run is taken last: nothing else of it is stored from then on.
  private func begin(_ kind: any NodeKind, _ started: inout Moment) async -> AttemptResult {
    if kind.isTransaction(request), await !request.attemptTransaction.enter() {
      return .failure(stopped())
    }
    started = MonotonicClock.now()
    handle.begin(started, timeout: request.timeout)
    return await execute(kind)
  }

  private func execute(_ kind: any NodeKind) async -> AttemptResult {
    do {
      let output = try await kind.execute(request)
      try PayloadScan.check(output.bytes, limits: .init(maxBytes: request.maxOutputBytes))
      return .success(secrets.redacting(output))
    } catch let error as NodeError {
      return .failure(complete(error))
    } catch let problem as PayloadProblem {
      return .failure(
        NodeError(
          problem.errorKind, "the output cannot be stored: \(problem)",
          code: "\(problem.code)", context: context("check output")))
    } catch is CancellationError {
      return .failure(stopped())
    } catch {
      return .failure(
        NodeError(
          .execution, "\(error)", code: nil, context: context("execute"),
          causes: [NodeError.Cause(type: "\(type(of: error))", message: "\(error)")]))
    }
  }

  private func stopped() -> NodeError {
    // Nobody asked this attempt to stop: then it is the handler's own doing, and a failure.
    NodeError(
      Task.isCancelled || handle.isCancelled ? .cancelled : .execution, "the handler was cancelled",
      code: "handler_cancelled", context: context("execute"))
  }

  private func complete(_ error: NodeError) -> NodeError {
    var error = error
    error.context.node = error.context.node ?? request.node
    error.context.operation = error.context.operation ?? "execute"
    error.context.attempt = error.context.attempt ?? request.attempt
    error.context.wave = error.context.wave ?? request.wave
    error.context.worker = error.context.worker ?? "\(request.worker)"
    return error
  }

  private func context(_ operation: String) -> NodeError.Context {
    NodeError.Context(
      node: request.node, operation: operation, attempt: request.attempt,
      wave: request.wave, worker: "\(request.worker)")
  }
}
