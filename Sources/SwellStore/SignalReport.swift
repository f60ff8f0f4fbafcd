import SwellModel
public import SwellPostgres

/// A message to a run, as claim, record and heartbeat hand it over.
public struct SignalReport: Sendable, Hashable {
  public enum Kind: String, Sendable {
    case cancel
    case workerLost = "worker_lost"
    case signal, answer
    /// The end of a child run.
    case child
    case pause, resume
    /// There are more than one claim takes.
    case more
    /// The server has lost what it says.
    case unreadable
    /// Of a newer version; left to workers that know it.
    case unknown
  }

  public var id: Int64
  public var run: PostgresUUID
  public var kind: Kind
  public var reason: String?
  public var worker: String?
  public var wave: Int?
  public var sender: String
  /// Of a signal its name, of an answer the node that asked.
  public var name: String?
  /// What came with a signal or an answer: one JSON value, as text.
  public var body: String?
  /// Of the end of a child, what of its parent it was, and how it ended.
  public var end: ChildEnd?

  public struct ChildEnd: Sendable, Hashable {
    public var item: Int
    public var iteration: Int
    public var attempt: Int
    public var run: String
    public var state: String

    init?(_ payload: JSONValue) {
      guard let item = payload["item"]?.int, let iteration = payload["iteration"]?.int,
        let attempt = payload["attempt"]?.int, let run = payload["run"]?.string,
        let state = payload["state"]?.string
      else { return nil }
      self.item = Int(item)
      self.iteration = Int(iteration)
      self.attempt = Int(attempt)
      self.run = run
      self.state = state
    }
  }

  /// Nil for what is no signal of a run.
  private init?(_ value: JSONValue) {
    guard let id = value["id"]?.int, let run = value["run"]?.string.flatMap(PostgresUUID.init),
      let kind = value["kind"]?.string
    else { return nil }
    self.id = id
    self.run = run
    self.kind = Kind(rawValue: kind) ?? .unknown
    sender = value["sender"]?.string ?? ""
    name = value["name"]?.string
    body = value["body"]?.string
    guard let payload = value["payload"] else { return }
    reason = payload["reason"]?.string
    worker = payload["worker"]?.string
    wave = payload["wave"]?.int.map { Int($0) }
    if self.kind == .child { end = ChildEnd(payload) }
  }

  static func decode(_ json: [UInt8]?) throws(PostgresError) -> [SignalReport] {
    guard let json else { return [] }
    let elements: [JSONValue]?
    do throws(JSONSyntaxProblem) {
      elements = try JSONValue.parse(Payload(bytes: json)).array
    } catch {
      throw PostgresError(
        code: .decoding, "the database returned signals that are not JSON: \(error)")
    }
    return try (elements ?? []).map { element throws(PostgresError) in
      guard let report = SignalReport(element) else {
        throw PostgresError(
          code: .decoding, "the database returned a signal that has no id, run or kind")
      }
      return report
    }
  }
}
