import Foundation
import Logging
import ServiceLifecycle
import Swell
import UnixSignals

/// A worker process for tests: handlers that fail in every way there is, and a fault that the
/// environment names.
///
/// `DATABASE_URL` and `LEDGER_URL` say where; `SWELL_TEST_FAULT` is `point:count:action`, such
/// as `after_commit:3:kill`.
@main
struct TestWorkerMain {
  static func main() async throws {
    let environment = ProcessInfo.processInfo.environment
    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    var logger = Logger(label: "test-worker")
    logger.logLevel = environment["SWELL_TEST_LOG"].flatMap(Logger.Level.init(rawValue:)) ?? .notice
    var configuration = WorkerConfiguration(
      database: PostgresConfiguration(
        environment["DATABASE_URL"], pooled: environment["SWELL_TEST_POOLED"] == "1"))
    configuration.faults = environment["SWELL_TEST_FAULT"].flatMap(NamedFault.init)
    configuration.name = environment["SWELL_TEST_NAME"]
    if let text = environment["SWELL_TEST_CONCURRENCY"], let count = Int(text) {
      configuration.concurrency = count
    }
    if let text = environment["SWELL_TEST_QUEUES"] {
      configuration.queues = text.split(separator: ",").map(String.init)
    }
    if let text = environment["SWELL_TEST_RECORDERS"], let count = Int(text) {
      configuration.recorders = count
    }
    if let text = environment["SWELL_TEST_GRACE_MS"], let count = Int(text) {
      configuration.grace = .milliseconds(count)
    }
    if let text = environment["SWELL_TEST_END_PATIENCE_MS"], let count = Int(text) {
      configuration.endPatience = .milliseconds(count)
    }
    if let text = environment["SWELL_TEST_CALL_TIMEOUT_MS"], let count = Int(text) {
      configuration.callTimeout = .milliseconds(count)
    }
    if let text = environment["SWELL_TEST_HEALTH_PORT"], let port = UInt16(text) {
      configuration.healthPort = port
    }
    if let text = environment["SWELL_TEST_LEAKS"], let count = Int(text) {
      configuration.maxLeakedSlots = count
    }
    if let folder = environment["SWELL_TEST_SECRETS"] {
      configuration.secrets = SecretStore(folder: folder)
    }
    configuration.cancelGrace = .milliseconds(
      environment["SWELL_TEST_CANCEL_GRACE_MS"].flatMap(Int.init) ?? 500)
    let ledger = try environment["LEDGER_URL"].map { try Ledger($0) }
    var kinds =
      TestHandlers.all(ledger: ledger) + ChaosHandlers.all(ledger: ledger) + BookingHandlers.all
    if let wanted = environment["SWELL_TEST_HANDLERS"] {
      let names = wanted.split(separator: ",").map { "handler:\($0)" }
      kinds = kinds.filter { names.contains($0.kind) }
    }
    kinds.append(LogNode())
    kinds.append(CELNode())
    kinds.append(SQLNode(connections: connections(environment["SWELL_TEST_CONNECTION"])))
    kinds.append(ExecNode(allowed: .everything))
    if let text = environment["SWELL_TEST_NODE_CONNECTIONS"], let count = Int(text) {
      configuration.nodeConnections = count
    }
    let worker = Worker(configuration, kinds: kinds, logger: logger)
    let group = ServiceGroup(
      services: [worker], gracefulShutdownSignals: [.sigterm], logger: logger)
    let signals = await UnixSignalsSequence(trapping: .sigterm)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        var count = 0
        for await _ in signals {
          count += 1
          if count > 1 { worker.stopNow() }
        }
      }
      defer { tasks.cancelAll() }
      try await group.run()
    }
  }

  /// `name=url`
  private static func connections(_ text: String?) -> [String: PostgresConfiguration] {
    guard let parts = text?.split(separator: "=", maxSplits: 1), parts.count == 2 else {
      return [:]
    }
    return [String(parts[0]): PostgresConfiguration(String(parts[1]), pooled: true)]
  }
}
