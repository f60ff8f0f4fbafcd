public import SwellPostgres

/// A message to a run, as claim, record and heartbeat hand it over.
public struct SignalReport: Sendable, Decodable, Hashable {
  public enum Kind: String, Sendable, Decodable {
    case cancel
    case workerLost = "worker_lost"
    case signal, answer
    /// Of a newer version; left to workers that know it.
    case unknown

    public init(from decoder: any Decoder) throws {
      let text = try decoder.singleValueContainer().decode(String.self)
      self = Kind(rawValue: text) ?? .unknown
    }
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

  private enum Keys: String, CodingKey { case id, run, kind, payload, sender, name, body }
  private enum PayloadKeys: String, CodingKey { case reason, worker, wave }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    id = try values.decode(Int64.self, forKey: .id)
    let text = try values.decode(String.self, forKey: .run)
    guard let run = PostgresUUID(text) else {
      throw DecodingError.dataCorruptedError(
        forKey: .run, in: values, debugDescription: "not a uuid: \(text)")
    }
    self.run = run
    kind = try values.decode(Kind.self, forKey: .kind)
    sender = try values.decode(String.self, forKey: .sender)
    name = try values.decodeIfPresent(String.self, forKey: .name)
    body = try values.decodeIfPresent(String.self, forKey: .body)
    if let payload = try? values.nestedContainer(keyedBy: PayloadKeys.self, forKey: .payload) {
      reason = try payload.decodeIfPresent(String.self, forKey: .reason)
      worker = try payload.decodeIfPresent(String.self, forKey: .worker)
      wave = try payload.decodeIfPresent(Int.self, forKey: .wave)
    }
  }

  static func decode(_ json: [UInt8]?) throws(PostgresError) -> [SignalReport] {
    try ReportDecoder.decode([SignalReport].self, json) ?? []
  }
}
