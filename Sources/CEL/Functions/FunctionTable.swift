/// All functions by their names.
enum FunctionTable {
  static let functions: [String: [Function]] = {
    let all: [[Function]] = [
      StandardFunctions.all, ConversionFunctions.all, TimeFunctions.all, StringFunctions.all,
      MathFunctions.all, ListFunctions.all, AggregateFunctions.all, OptionalFunctions.all,
      EncoderFunctions.all,
    ]
    return Dictionary(grouping: all.joined(), by: \.name)
  }()

  /// The names before a dot that only functions have, such as `math`.
  static let namespaces: Set<String> = [
    "base64", "cel", "google", "lists", "math", "optional", "strings",
  ]

  /// How many arguments the macros take, for messages about calls that are none.
  static let macros: [String: String] = [
    "all": "(x, condition)", "exists": "(x, condition)", "exists_one": "(x, condition)",
    "existsOne": "(x, condition)", "map": "(x, value)", "filter": "(x, condition)",
    "sortBy": "(x, key)", "transformList": "(i, x, value)", "transformMap": "(k, v, value)",
    "transformMapEntry": "(k, v, map)", "optMap": "(x, value)", "optFlatMap": "(x, optional)",
  ]
}
