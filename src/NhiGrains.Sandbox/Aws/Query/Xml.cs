using System.Globalization;
using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Aws.Query;

/// <summary>Pieces of answers. What is null is left out.</summary>
internal static class Xml
{
    public static XElement? Text(string name, string? value) => value is null ? null : new(name, value);

    public static XElement Time(string name, DateTimeOffset value) => new(name, Time(value));

    public static string Time(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A list, each member with its own content.</summary>
    public static XElement List(string name, IEnumerable<object?> members) => new(name, members.Select(content => new XElement("member", content)));

    /// <summary>A policy is given back percent-encoded.</summary>
    public static XElement Policy(string name, PolicyDocument document) => new(name, Uri.EscapeDataString(document.Text));

    public static XElement Tags(IEnumerable<KeyValuePair<string, string>> tags) =>
        List("Tags", tags.Select(object (tag) => new[] { new XElement("Key", tag.Key), new XElement("Value", tag.Value) }));
}
