import Synchronization

/// What a worker counts about itself, for `/metrics` and the log.
public final class WorkerMetrics: Sendable {
  public struct Counts: Sendable {
    public var claimed = 0
    public var executed = 0
    public var recorded = 0
    public var transactions = 0
    public var ended = 0
    public var lostClaims = 0
    public var busyClaims = 0
    public var rescued = 0
    public var reconciled = 0
    public var splitBatches = 0
    /// Claims given back since their definition cannot be read.
    public var unreadable = 0
    public var leakedSlots = 0
    public var heldRuns = 0
    public var nodesInFlight = 0
    /// Statements sent to the database, by whatever part of the worker.
    public var statements = 0
  }

  private let counts = Mutex(Counts())
  private let held = Mutex<[Int: (runs: Int, nodes: Int)]>([:])
  private let statements = Mutex(Source())

  /// Not a bare closure: each look under a lock would wrap that once more, and keep it so.
  private struct Source {
    var count: (@Sendable () -> Int)?
  }

  public init() {}

  public var now: Counts {
    var now = counts.withLock { $0 }
    held.withLock { held in
      now.heldRuns = held.values.reduce(0) { $0 + $1.runs }
      now.nodesInFlight = held.values.reduce(0) { $0 + $1.nodes }
    }
    now.statements = statements.withLock { $0 }.count?() ?? 0
    return now
  }

  /// Says who knows how many statements were sent.
  func count(statements source: @escaping @Sendable () -> Int) {
    statements.withLock { $0.count = source }
  }

  func setHeld(_ runs: Int, nodes: Int, by recorder: Int) {
    held.withLock { $0[recorder] = (runs: runs, nodes: nodes) }
  }

  func change(_ body: (inout Counts) -> Void) {
    counts.withLock { body(&$0) }
  }

  /// The counts in the Prometheus text format.
  public func prometheus() -> String {
    let now = now
    var text = ""
    func line(_ name: String, _ type: String, _ help: String, _ value: Int) {
      text += "# HELP swell_\(name) \(help)\n# TYPE swell_\(name) \(type)\nswell_\(name) \(value)\n"
    }
    line("claimed_total", "counter", "Runs claimed.", now.claimed)
    line("executed_total", "counter", "Node attempts executed.", now.executed)
    line("records_total", "counter", "Records stored.", now.recorded)
    line(
      "transactions_total", "counter", "Transactions committed with their effects.",
      now.transactions)
    line("ended_total", "counter", "Runs ended.", now.ended)
    line("lost_claims_total", "counter", "Claims found gone.", now.lostClaims)
    line("busy_claims_total", "counter", "Claims found locked by somebody.", now.busyClaims)
    line("rescued_total", "counter", "Claims of dead workers freed.", now.rescued)
    line("reconciled_total", "counter", "Reconciliations after a lost reply.", now.reconciled)
    line("split_batches_total", "counter", "Batches split over a bad value.", now.splitBatches)
    line(
      "unreadable_total", "counter", "Claims given back for a definition that cannot be read.",
      now.unreadable)
    line("statements_total", "counter", "Statements sent to the database.", now.statements)
    line("leaked_slots", "gauge", "Handlers that ignored cancellation.", now.leakedSlots)
    line("held_runs", "gauge", "Runs held.", now.heldRuns)
    line("nodes_in_flight", "gauge", "Node attempts in flight.", now.nodesInFlight)
    return text
  }
}
