public import SwellPostgres

/// `swell.register_v1`: makes a worker known, and takes its session lock.
public struct RegisterCall: Sendable {
  public static let statement = Statement(
    "swell_register_v1",
    "SELECT locked, epochs FROM swell.register_v1($1, $2, $3, $4, $5, $6, $7, $8, $9)")

  public var worker: PostgresUUID
  public var name: String
  public var host: String
  public var pid: Int32
  public var version: String
  public var kinds: [String]
  /// nil serves every queue.
  public var queues: [String]?
  public var recorders: Int
  public var locks: Bool

  public init(
    worker: PostgresUUID, name: String, host: String, pid: Int32, version: String,
    kinds: [String], queues: [String]?, recorders: Int, locks: Bool
  ) {
    self.worker = worker
    self.name = name
    self.host = host
    self.pid = pid
    self.version = version
    self.kinds = kinds
    self.queues = queues
    self.recorders = recorders
    self.locks = locks
  }

  public func call() -> Call {
    var p = Parameters()
    p.append(worker)
    p.append(name)
    p.append(host)
    p.append(pid)
    p.append(version)
    p.append(array: kinds)
    if let queues { p.append(array: queues) } else { p.append(String?.none) }
    p.append(Int32(recorders))
    p.append(locks)
    return Call(Self.statement, p)
  }

  public struct Reply: Sendable {
    public var isLocked: Bool
    public var epochs: [Int64]

    public init(_ rows: Rows) throws(PostgresError) {
      guard let row = rows.first else {
        throw PostgresError(code: .decoding, "register_v1 returned no row")
      }
      isLocked = try row.bool(0)
      epochs = try row.int64Array(1)
    }
  }
}
