/// One pass over the bytes of a payload that finds what PostgreSQL's jsonb would refuse.
///
/// One bad payload fails a whole batch of the recorder, so each is checked before it is
/// sent. The scan neither allocates per value nor recurses: any input is safe.
public enum PayloadScan {
  /// What a payload may be at most.
  public struct Limits: Sendable, Hashable {
    public var maxBytes: Int
    /// How deep arrays and objects may be nested.
    public var maxDepth: Int
    /// The largest exponent of a number, to either side.
    public var maxExponent: Int
    /// How many digits a number may have in all.
    public var maxDigits: Int

    public init(
      maxBytes: Int = 1 << 20, maxDepth: Int = 500, maxExponent: Int = 1000, maxDigits: Int = 1000
    ) {
      self.maxBytes = maxBytes
      self.maxDepth = maxDepth
      self.maxExponent = maxExponent
      self.maxDigits = maxDigits
    }

    public static let standard = Limits()
  }

  /// Checks that the bytes are exactly one JSON value that PostgreSQL can store.
  public static func check(
    _ payload: Payload, limits: Limits = .standard
  ) throws(PayloadProblem) {
    try check(payload.bytes, limits: limits)
  }

  /// Checks that the bytes are exactly one JSON value that PostgreSQL can store.
  public static func check(
    _ bytes: [UInt8], limits: Limits = .standard
  ) throws(PayloadProblem) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(PayloadProblem) in try check(buffer, limits: limits) }
    }
    try result.get()
  }

  /// Checks that the bytes are exactly one JSON value that PostgreSQL can store.
  public static func check(
    _ bytes: UnsafeRawBufferPointer, limits: Limits = .standard
  ) throws(PayloadProblem) {
    guard bytes.count <= limits.maxBytes else {
      throw PayloadProblem(
        .tooLarge, at: limits.maxBytes,
        "the payload has \(bytes.count) bytes, the limit is \(limits.maxBytes); "
          + "store the data elsewhere and pass a reference")
    }
    var scanner = PayloadScanner(bytes: bytes, limits: limits)
    try scanner.scan()
  }
}
