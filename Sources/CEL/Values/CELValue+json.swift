extension CELValue {
  /// The value as JSON.
  ///
  /// Timestamps and durations become strings as `string()` gives them, bytes base64, keys
  /// strings, an empty optional null.
  ///
  /// - Parameter limit: how many bytes it may take.
  /// - Throws: `not_json` for a NaN or an infinity, `output_limit` when it is longer.
  public func json(limit: Int = CELLimits().output) throws(CELError) -> [UInt8] {
    var output = JSONOutput(limit: limit)
    try output.append(self)
    return output.bytes
  }
}
