using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace NhiGrains.Platforms.Aws.Api;

/// <summary>One call of the Query protocol.</summary>
internal sealed class QueryRequest(string action, string version, IEnumerable<(string Name, string Value)> parameters) : AmazonWebServiceRequest
{
    public string Action => action;

    public string Version => version;

    public IEnumerable<(string Name, string Value)> Parameters => parameters;

    /// <summary>Asked as the last thing before it is sent. Null for what changes nothing.</summary>
    public Fence? Fence { get; init; }
}

internal sealed class QueryResponse : AmazonWebServiceResponse
{
    /// <summary>The whole answer.</summary>
    public XElement Document { get; init; } = new("nothing");
}

internal sealed class QueryMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public static QueryMarshaller Instance { get; } = new();

    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var query = (QueryRequest)input;
        var request = new DefaultRequest(query, query.Action) { HttpMethod = "POST", ResourcePath = "/", UseQueryString = false };
        request.Parameters["Action"] = query.Action;
        request.Parameters["Version"] = query.Version;
        foreach (var (name, value) in query.Parameters)
            request.Parameters[name] = value;
        return request;
    }
}

/// <summary>Reads any answer as XML without a DTD. What is not XML is an exception with a status and without a code.</summary>
internal sealed class QueryUnmarshaller : XmlResponseUnmarshaller
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    public static QueryUnmarshaller Instance { get; } = new();

    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
    {
        try
        {
            return new QueryResponse { Document = Read(context) };
        }
        catch (XmlException)
        {
            // Its message can repeat the body.
            throw new UnreadableAnswerException();
        }
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        try
        {
            var error = Read(context).Descendants().FirstOrDefault(element => element.Name.LocalName == "Error");
            return new(Text(error, "Message") ?? "", innerException, ErrorType.Unknown, Text(error, "Code"), null, statusCode);
        }
        catch (XmlException)
        {
            return new("", innerException, ErrorType.Unknown, null, null, statusCode);
        }
    }

    private static XElement Read(XmlUnmarshallerContext context)
    {
        using var reader = XmlReader.Create(context.Stream, Settings);
        return XElement.Load(reader);
    }

    private static string? Text(XElement? of, string name) => of?.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}

/// <summary>An answer that is not what AWS sends. Without words of its own: the body can hold anything.</summary>
internal sealed class UnreadableAnswerException() : Exception("The answer could not be read.");
