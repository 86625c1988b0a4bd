using System.Text;
using System.Xml.Linq;

namespace NhiGrains.Sandbox.Aws;

/// <summary>What is sent back.</summary>
internal sealed record Reply(int Status, string ContentType, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static Reply Xml(int status, XElement answer, string contentType = "text/xml") =>
        new(status, contentType, Encoding.UTF8.GetBytes(answer.ToString(SaveOptions.DisableFormatting)));
}
