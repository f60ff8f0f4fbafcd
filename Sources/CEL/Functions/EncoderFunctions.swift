/// The `encoders` extension.
enum EncoderFunctions {
  static let all: [Function] = [
    .function(
      "base64.encode", [Signature([.bytes], .string)],
      .one { value, evaluation throws(CELError) in
        guard case .bytes(let bytes) = value else { throw .noOverload }
        try evaluation.spend(bytes.count >> 5)
        try evaluation.make(bytes.count * 4 / 3 + 20)
        return .string(CELString(Base64.encode(bytes)))
      }),
    .function(
      "base64.decode", [Signature([.string], .bytes)],
      .one { value, evaluation throws(CELError) in
        guard case .string(let text) = value else { throw .noOverload }
        try evaluation.spend(text.utf8Count >> 5)
        try evaluation.make(16 + text.utf8Count)
        guard let bytes = text.withUTF8(Base64.decode) else {
          throw CELError(.conversion, "expected base64, found \(value.shown)")
        }
        return .bytes(bytes)
      }),
  ]
}
