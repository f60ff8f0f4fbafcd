/// What `with` of a `cel` node may hold.
enum CELKind {
  static let settings = [
    DefinitionKey(
      "value", .any,
      "what it gives, any JSON with expressions such as ${{ nodes.order.total * 2 }}",
      isRequired: true)
  ]
}
