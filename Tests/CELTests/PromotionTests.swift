import CEL
import Testing

/// JSON does not tell 2 from 2.0, so an int and a double make a double.
struct PromotionTests {
  @Test(arguments: [
    ("1 + 1.5", "2.5"), ("2.5 * 2", "5.0"), ("5 - 0.5", "4.5"), ("1 / 2.0", "0.5"),
    ("[1, 0.5].sum()", "1.5"),
    ("a.price * a.quantity", "7.5"), ("a.quantity * a.price", "7.5"), ("a.items.sum()", "6.5"),
    ("math.ceil(a.quantity)", "3.0"), ("math.round(3)", "3.0"), ("1 < 1.5 && 2.5 > 2", "true"),
    ("a.quantity + 1", "4"), ("7 / 2", "3"), ("7 % 2.0", "no_such_overload"),
    ("1u + 1", "no_such_overload"),
    ("'1' + 1", "no_such_overload"),
  ])
  func `an int and a double make a double`(_ item: (String, String)) {
    let trial = Trial.over(["a": #"{"price": 2.5, "quantity": 3, "items": [1, 2.5, 3]}"#])
    #expect(trial.result(item.0) == item.1, "\(item.0)")
  }

  @Test(arguments: ["1 + 1.5", "a * 1.5", "1.5 - a", "[1, dyn(1.5)].sum()", "math.ceil(a)"])
  func `without promotion it is an error as the specification has it`(_ source: String) {
    var trial = Trial.over(["a": "1"])
    trial.options.promotesNumbers = false
    #expect(trial.result(source) == "no_such_overload", "\(source)")
  }
}
