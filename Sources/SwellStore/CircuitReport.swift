import SwellPostgres

/// A circuit with failures.
public struct CircuitReport: Sendable, Decodable, Hashable {
  public var circuit: String
  public var failures: Int
  /// Until when it is open, in microseconds from now; negative when it may be tried; nil while
  /// it has not opened.
  public var openIn: Int64?

  enum CodingKeys: String, CodingKey {
    case circuit, failures
    case openIn = "open_in"
  }

  static func decode(_ json: [UInt8]?) throws(PostgresError) -> [CircuitReport] {
    try ReportDecoder.decode([CircuitReport].self, json) ?? []
  }
}
