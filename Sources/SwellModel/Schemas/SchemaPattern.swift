import CEL

/// A regular expression that means the same to this program and to PostgreSQL: the part of both
/// syntaxes that they share.
///
/// Any part of a text may match, `^` and `$` are its ends, `.` is any character, and `\d`, `\w` and `\s`
/// are of ASCII.
public struct SchemaPattern: Sendable {
  /// Why a text is not such a pattern, and where.
  public struct Problem: Error, Sendable, Hashable {
    /// The character, counted from 1.
    public var place: Int
    public var message: String
  }

  /// What a match may take: some hundredths of a second.
  private static let maxSteps = 5_000_000

  private let compiled: CELPattern

  public init(_ text: String) throws(Problem) {
    var reader = SchemaPatternReader(text)
    let translated = try reader.read()
    do throws(CELError) {
      compiled = try CELPattern(translated)
    } catch {
      throw Problem(place: 1, message: error.message)
    }
  }

  /// Whether any part of the text matches. One that takes too long does not.
  public func matches(_ text: String) -> Bool {
    compiled.matches(text, steps: Self.maxSteps) ?? false
  }
}
