using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace NhiGrains.Sandbox.Aws;

/// <summary>What is sent back.</summary>
internal sealed record Reply(int Status, string ContentType, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    // Names of objects may have characters that XML does not; S3 writes them all the same.
    private static readonly XmlWriterSettings Lenient = new() { CheckCharacters = false, Encoding = new UTF8Encoding(false) };

    public static Reply Xml(int status, XElement answer, string contentType = "text/xml")
    {
        using var body = new MemoryStream();
        using (var writer = XmlWriter.Create(body, Lenient))
            answer.WriteTo(writer);
        return new(status, contentType, body.ToArray());
    }
}
