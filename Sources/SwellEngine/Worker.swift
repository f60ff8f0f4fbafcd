import Foundation
public import Logging
public import ServiceLifecycle
import SwellModel
public import SwellPostgres
import SwellStore
import Synchronization

/// One worker process: claims runs, executes their nodes, stores what came out.
///
/// It is a `Service`, so it joins the application's own `ServiceGroup`. On graceful shutdown it
/// claims no more, lets what is in flight finish within the grace time, and hands the rest back.
/// It survives any loss of the database, and never gives up.
public final class Worker: Service {
  public let id: PostgresUUID
  public let metrics = WorkerMetrics()
  private let configuration: WorkerConfiguration
  private let kinds: KindRegistry
  private let logger: Logger
  private let mailboxes: [Mailbox]
  private let ready = Gate()
  private let failure = Mutex<WorkerFailure?>(nil)

  /// The version that workers tell the database.
  public static let version = "0.1.0"

  public init(_ configuration: WorkerConfiguration, kinds: [any NodeKind], logger: Logger) {
    self.id = PostgresUUID.random()
    var configuration = configuration
    // A little after the worker itself gives up, so that an abandoned call does not go on.
    configuration.database.statementTimeout = configuration.callTimeout + .seconds(1)
    self.configuration = configuration
    self.kinds = KindRegistry(kinds)
    var logger = logger
    logger[metadataKey: "worker"] = "\(id)"
    self.logger = logger
    // A recorder that may hold nothing would be none.
    let recorders = max(1, min(configuration.recorders, configuration.concurrency))
    self.mailboxes = (0..<recorders).map { _ in Mailbox() }
  }

  /// Stops without waiting for what is in flight: it is cancelled, and handed back.
  public func stopNow() {
    for mailbox in mailboxes { mailbox.change { $0.stop = 2 } }
  }

  private func drain() {
    for mailbox in mailboxes { mailbox.change { $0.stop = max($0.stop, 1) } }
  }

  /// Works until it is shut down.
  ///
  /// Throws: `PostgresError` when the configuration is unusable, or when the first connection
  /// finds a database that Swell cannot work with: a wrong password, no schema; `WorkerFailure`
  /// after a stop that nobody asked for: the health port is taken, or too many handlers ignore
  /// cancellation, and a supervisor is to start the process anew.
  public func run() async throws {
    let reactor = try Reactor(name: "swell-reactor")
    defer { reactor.stop() }
    metrics.count(statements: { reactor.callsSent })
    let wasAway = try await check(on: reactor)
    let pulse = Pulse(recorders: mailboxes.count)
    let library = DefinitionLibrary(faults: configuration.faults)
    let prober = Prober(
      pool: PostgresPool(
        configuration: configuration.database, reactor: reactor, size: 1, waitLimit: .seconds(5)),
      logger: logger)
    let starter = AttemptStarter()
    let claims = ClaimWatch()
    let signalReach = SignalReach()
    let quarantine = Quarantine(recorders: mailboxes.count)
    let database = PostgresPool(
      configuration: configuration.database, reactor: reactor, size: configuration.nodeConnections,
      waitLimit: .seconds(60))
    let recorders = mailboxes.indices.map { index in
      Recorder(
        index: index, worker: id, configuration: configuration, kinds: kinds, library: library,
        mailbox: mailboxes[index],
        peers: mailboxes.indices.filter { $0 != index }.map { mailboxes[$0] }, metrics: metrics,
        pulse: pulse, reactor: reactor, prober: prober, starter: starter,
        claims: claims, signalReach: signalReach, quarantine: quarantine, database: database,
        logger: logger)
    }
    let liveness = Liveness(
      registration: registration(), configuration: configuration, mailboxes: mailboxes,
      pulse: pulse, signalReach: signalReach, reactor: reactor, ready: ready, logger: logger)
    let rescuer = Rescuer(
      worker: id, configuration: configuration, mailboxes: mailboxes, metrics: metrics,
      reactor: reactor, logger: logger)

    // Not a child task: a cancel asks for a stop, and must not cut off the last record and the
    // release of what is held. All of it runs on the reactor's thread.
    let work = Task(executorPreference: reactor) { [self] in
      await withTaskGroup(of: Void.self) { helpers in
        helpers.addTask { await liveness.run() }
        helpers.addTask { await rescuer.run(wasAway: wasAway) }
        helpers.addTask {
          var relief = ThreadRelief()
          // Ends with the recorders, on the reactor's thread.
          while (try? await Task.sleep(for: .seconds(1))) != nil {
            relief.look(at: starter, leaked: self.metrics.now.leakedSlots, logger: self.logger)
          }
        }
        if let port = configuration.healthPort {
          let server = HealthServer(
            port: port, metrics: metrics, pulse: pulse, ready: ready, logger: logger)
          helpers.addTask(executorPreference: globalConcurrentExecutor) {
            do {
              try await server.run()
            } catch  where !Task.isCancelled {
              self.fail(.healthPort, "the health port \(port) cannot be served: \(error)")
            } catch {}
          }
        }
        await ready.wait()
        if ready.isOpen {
          logger.notice(
            "worker started",
            metadata: [
              "database": "\(configuration.database)",
              "kinds": "\(kinds.names.joined(separator: ","))",
            ])
        }
        await withTaskGroup(of: Void.self) { group in
          for recorder in recorders { group.addTask { await recorder.run() } }
        }
        await liveness.unregister()
        helpers.cancelAll()
      }
    }
    await withGracefulShutdownHandler {
      await withTaskCancellationHandler {
        await work.value
      } onCancel: {
        self.stopNow()
        self.ready.abandon()
      }
    } onGracefulShutdown: {
      self.logger.notice("stopping: no more claims, what is in flight may finish")
      self.drain()
      self.ready.abandon()
      Task { await liveness.drain() }
    }
    await prober.pool.close()
    await kinds.shutDown()
    await database.close()
    logger.notice("worker stopped")
    let leaked = metrics.now.leakedSlots
    if leaked >= configuration.maxLeakedSlots {
      fail(
        .leakedSlots,
        "\(leaked) handlers ignored their cancellation; the worker handed back what it held")
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// Stops in order, for a reason of its own; the first reason is the one that `run` throws.
  private func fail(_ code: WorkerFailure.Code, _ message: String) {
    failure.withLock { $0 = $0 ?? WorkerFailure(code: code, message) }
    drain()
    ready.abandon()
  }

  /// One connection before anything starts, so that what no patience can mend is told at once.
  ///
  /// - Returns: whether the database is away.
  private func check(on reactor: Reactor) async throws(PostgresError) -> Bool {
    do throws(PostgresError) {
      let connection = try await PostgresConnection.connect(
        configuration.database, on: reactor, within: .seconds(10))
      do throws(PostgresError) {
        try await SchemaCheck.run(over: connection, writes: true)
        await connection.close()
        return false
      } catch {
        await connection.close()
        throw error
      }
    } catch {
      // A database that is away may come back; one that refuses this user will not.
      guard error.mayPass else { throw error }
      logger.warning("the database is away; waiting for it", metadata: ["error": "\(error)"])
      return true
    }
  }

  private func registration() -> RegisterCall {
    let process = ProcessInfo.processInfo
    let host = process.hostName
    return RegisterCall(
      worker: id, name: configuration.name ?? "\(host)-\(process.processIdentifier)", host: host,
      pid: process.processIdentifier, version: Self.version, kinds: kinds.names,
      queues: configuration.queues, recorders: mailboxes.count, locks: !configuration.isPooled)
  }
}

extension PostgresError {
  /// Whether trying again may help: the server is away, or in trouble that says nothing of who
  /// asks (classes 08, 40, 53, 55, 57, 58 and XX).
  fileprivate var mayPass: Bool {
    switch code {
    case .connect, .lost, .deadline: true
    case .server:
      ["08", "40", "53", "55", "57", "58", "XX"].contains(sqlState.map { String($0.prefix(2)) })
    default: false
    }
  }
}
