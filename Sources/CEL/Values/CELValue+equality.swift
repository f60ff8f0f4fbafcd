extension CELValue: Equatable {
  public static func == (left: CELValue, right: CELValue) -> Bool {
    var equality = Equality(budget: .max)
    return equality.isEqual(left, right)
  }
}
