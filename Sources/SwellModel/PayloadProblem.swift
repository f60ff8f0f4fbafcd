/// Why bytes cannot be stored as a payload, and where.
public struct PayloadProblem: Error, Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, CaseIterable {
    case empty, notJSON, invalidUTF8, nulCharacter, loneSurrogate, tooDeep, numberRange, tooLarge
  }

  public var code: Code
  /// The offset in bytes of the first byte that is wrong.
  public var offset: Int
  /// What is wrong, and what to do about it.
  public var message: String

  public init(_ code: Code, at offset: Int, _ message: String) {
    self.code = code
    self.offset = offset
    self.message = message
  }

  /// The kind of the error that a node with such a payload ends with.
  public var errorKind: ErrorKind {
    code == .tooLarge ? .tooLarge : .serialization
  }
}

extension PayloadProblem: CustomStringConvertible {
  public var description: String { "\(message) (byte \(offset)) [\(code.rawValue)]" }
}
