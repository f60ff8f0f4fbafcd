/// One word of an expression.
struct Token {
  enum Kind: Equatable {
    case end
    case name, quotedName
    case int, uint, double
    case string, bytes
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case dot, comma, colon, question
    case plus, minus, times, over, percent, not
    case and, or
    case equal, unequal, less, lessOrEqual, greater, greaterOrEqual
    case inside
  }

  var kind: Kind
  /// Where it is in the bytes of the text.
  var range: Range<Int>
  var place: CELPlace
}
