/// One schema, read: each keyword that it has, in the order in which they are looked at. Schemas within
/// it are named by their place in the list of all.
struct SchemaRule: Sendable {
  enum Keyword: Sendable {
    /// The schema `false`.
    case nothing
    case reference(Int)
    case types([SchemaType])
    case constant(ExactValue)
    case choice([ExactValue])
    // Of numbers.
    case multipleOf(ExactNumber)
    case minimum(ExactNumber)
    case maximum(ExactNumber)
    case exclusiveMinimum(ExactNumber)
    case exclusiveMaximum(ExactNumber)
    // Of strings.
    case minLength(Int)
    case maxLength(Int)
    case pattern(SchemaPattern, text: String)
    case format(SchemaFormat)
    // Of arrays.
    case minItems(Int)
    case maxItems(Int)
    case uniqueItems
    /// The first elements, and those behind them.
    case items(first: [Int], rest: Int?)
    // Of objects.
    case minProperties(Int)
    case maxProperties(Int)
    case required([[UInt8]])
    case dependentRequired([(key: [UInt8], needs: [[UInt8]])])
    case propertyNames(Int)
    case properties([(key: [UInt8], schema: Int)])
    /// Of keys that `properties` does not name; nil allows none.
    case additionalProperties(Int?, known: [[UInt8]])
    // Of all.
    case allOf([Int])
    case anyOf([Int])
    case oneOf([Int])
    case not(Int)
    case conditional(condition: Int, then: Int?, otherwise: Int?)
  }

  var keywords: [Keyword] = []
}
