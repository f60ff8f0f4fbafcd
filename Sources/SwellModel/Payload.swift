/// One JSON value as UTF-8 bytes that nobody has parsed who need not.
///
/// Swell carries inputs, outputs and errors from the database to handlers and back without
/// decoding them. The bytes of a payload are one well-formed JSON value; `PayloadScan`
/// checks that before anything is sent to the database.
public struct Payload: Sendable, Hashable {
  public var bytes: [UInt8]

  public init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The payload with the JSON text `json`. The text is taken as it is.
  public init(json: String) {
    self.bytes = Array(json.utf8)
  }

  public static let null = Payload(json: "null")
  public static let emptyObject = Payload(json: "{}")

  /// The JSON text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension Payload: CustomStringConvertible {
  public var description: String { text }
}
