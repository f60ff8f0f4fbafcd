import SwellModel

/// Names and values as queries and forms carry them.
enum FormText {
  static func pair(_ field: (name: String, value: String)) -> String {
    PercentEncoding.encoded(field.name, space: "+") + "="
      + PercentEncoding.encoded(field.value, space: "+")
  }
}
