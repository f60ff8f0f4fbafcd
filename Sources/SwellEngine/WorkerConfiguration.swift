public import SwellCore
public import SwellPostgres

/// How a worker works. Every value has a default that suits most.
public struct WorkerConfiguration: Sendable {
  public var database: PostgresConfiguration
  /// What people see in `swell workers`; by default host and process id.
  public var name: String?
  /// The queues that it serves; nil is all of them.
  public var queues: [String]?
  /// How many runs it holds at a time.
  public var concurrency: Int
  /// How many connections store results side by side.
  public var recorders: Int
  /// How long it lets nodes finish when it is asked to stop.
  public var grace: Duration
  /// What holds for nodes about which their workflow says nothing.
  public var policy: WorkerPolicy
  /// The port of `/livez`, `/readyz` and `/metrics`; nil opens none.
  public var healthPort: UInt16?
  /// Whether it works through PgBouncer in transaction mode: no LISTEN, no session lock.
  public var isPooled: Bool { database.isPooled }
  /// How long a call to the database may take, and nothing of it may move; less than the heartbeat limit. While bytes
  /// move it has up to sixteen times as long.
  public var callTimeout: Duration
  /// The largest output of a node, in bytes of JSON.
  public var maxOutputBytes: Int
  /// How many connections nodes have to Swell's own database at most: sql nodes, and transactions of
  /// handlers.
  public var nodeConnections: Int
  /// Where `${{ secrets.NAME }}` comes from.
  public var secrets: SecretStore
  /// How long a cancelled handler may take to return before its slot counts as leaked.
  public var cancelGrace: Duration
  /// With so many leaked slots the worker drains and ends, for its supervisor to start it anew.
  public var maxLeakedSlots: Int
  /// How long a run that was cancelled, or is past its deadline, is left to other workers if this one cannot read its
  /// definition; then this one ends it, without its error handler.
  public var endPatience = Duration.seconds(60)
  /// Told at the points of the protocol; for tests that break them.
  public var faults: (any FaultInjector)?

  public init(
    database: PostgresConfiguration, name: String? = nil, queues: [String]? = nil,
    concurrency: Int = 2000, recorders: Int = 2, grace: Duration = .seconds(30),
    policy: WorkerPolicy = WorkerPolicy(), healthPort: UInt16? = nil,
    callTimeout: Duration = .seconds(8), maxOutputBytes: Int = 1 << 20,
    nodeConnections: Int = 10, secrets: SecretStore = SecretStore(),
    cancelGrace: Duration = .seconds(5),
    maxLeakedSlots: Int = 16,
    faults: (any FaultInjector)? = nil
  ) {
    self.database = database
    self.name = name
    self.queues = queues
    self.concurrency = concurrency
    self.recorders = recorders
    self.grace = grace
    self.policy = policy
    self.healthPort = healthPort
    self.callTimeout = callTimeout
    self.maxOutputBytes = maxOutputBytes
    self.nodeConnections = nodeConnections
    self.secrets = secrets
    self.cancelGrace = cancelGrace
    self.maxLeakedSlots = maxLeakedSlots
    self.faults = faults
  }
}
