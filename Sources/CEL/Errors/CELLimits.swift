/// The budgets of compiling and of evaluating; each has an error code of its own.
///
/// Whatever the input, an expression within them ends in the order of tens of milliseconds.
public struct CELLimits: Sendable, Hashable {
  /// Steps of one evaluation (`step_limit`). A step is one operation of the expression; a loop
  /// takes those of its body again for every element, and functions take one for every few
  /// bytes or elements that they look at.
  public var steps = 1_000_000
  /// Bytes of the strings, lists and maps that one evaluation makes (`memory_limit`); what
  /// only refers to a document is free.
  public var memory = 16 << 20
  /// Bytes of JSON or text that one template or result writes (`output_limit`).
  public var output = 16 << 20
  /// Unicode scalars of one expression (`source_too_long`).
  public var source = 20_000
  /// How deep an expression may nest (`too_deep`), 200 at most: there every stage fits a
  /// thread's stack of 512 KiB, optimized or not. A chain such as `a + b + c` counts each of its
  /// operators, one of `&&` or `||` is a single level.
  public var depth = maxDepth
  /// Instructions of one regular expression (`regex_too_large`).
  public var regex = 5_000

  static let maxDepth = 200

  public init() {}
}
