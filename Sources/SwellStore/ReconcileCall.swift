public import SwellPostgres

/// `swell.reconcile_v1`: what became of the runs of a recorder after a lost reply.
public struct ReconcileCall: Sendable {
  public static let statement = Statement(
    "swell_reconcile_v1",
    "SELECT run_id, held, epoch, freed, node_ids, node_items, node_iterations, node_states, node_attempts, skipped, timeline FROM swell.reconcile_v1($1, $2, $3, $4, $5)"
  )

  /// Asks for the next epoch: a call that arrives after a later one is refused.
  public static func call(
    by identity: inout RecorderIdentity, runs: [PostgresUUID], tokens: [Int64]
  ) -> Call {
    identity.epoch += 1
    var p = Parameters()
    identity.append(to: &p)
    p.append(array: runs)
    p.append(array: tokens)
    return Call(statement, p)
  }

  public struct Reply: Sendable {
    public var epoch: Int64 = 0
    /// How many claims were freed that the recorder did not know of.
    public var freed = 0
    /// How many of those somebody held locked: reconcile again.
    public var skipped = 0
    /// The history of the database: a standby that becomes the primary begins a new one. `nil` where the server does not
    /// say.
    public var timeline: Int64?
    /// The runs that are still held.
    public var held: [PostgresUUID: [Stored]] = [:]
    public var lost: [PostgresUUID] = []

    public struct Stored: Sendable, Hashable {
      public var node: String
      public var item: Int
      public var iteration: Int
      public var state: String
      public var attempt: Int
    }

    public init(_ rows: Rows) throws(PostgresError) {
      for row in rows {
        guard !row.isNull(0) else {
          epoch = try row.int64(2)
          freed = Int(try row.int32(3))
          skipped = Int(try row.int32(9))
          timeline = try row.optionalInt64(10)
          continue
        }
        let id = try row.uuid(0)
        guard try row.bool(1) else {
          lost.append(id)
          continue
        }
        guard !row.isNull(4) else {
          held[id] = []
          continue
        }
        let nodes = try row.stringArray(4)
        let items = try row.int32Array(5)
        let iterations = try row.int32Array(6)
        let states = try row.stringArray(7)
        let attempts = try row.int32Array(8)
        held[id] = nodes.indices.map {
          Stored(
            node: nodes[$0], item: Int(items[$0]), iteration: Int(iterations[$0]),
            state: states[$0], attempt: Int(attempts[$0]))
        }
      }
    }
  }
}
