using System.Text.Json;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Discovery;

/// <summary>
/// Google's own descriptions of its APIs, against which requests and answers are checked. They are not part of this repository:
/// <c>deploy/dev/google-discovery.sh</c> gets them.
/// </summary>
public sealed class DiscoveryDocuments
{
    /// <summary>The APIs that the sandbox speaks and that have a document; Policy Troubleshooter v3 has none there.</summary>
    private static readonly string[] Apis =
    [
        "iam.v1", "cloudresourcemanager.v3", "iamcredentials.v1", "policytroubleshooter.v1",
        "storage.v1", "pubsub.v1", "secretmanager.v1", "run.v1", "run.v2",
    ];

    private readonly List<DiscoveryMethod> _methods;

    private DiscoveryDocuments(List<DiscoveryMethod> methods) => _methods = methods;

    /// <param name="folder">With <c>iam.v1.json</c> and the others.</param>
    /// <exception cref="IOException">One of them is not there.</exception>
    public static DiscoveryDocuments Load(string folder) => new([.. Apis.SelectMany(api => Read(Path.Combine(folder, $"{api}.json")))]);

    /// <summary>The methods that a request can be of; more than one where two APIs share a path.</summary>
    internal List<DiscoveryMethod> Find(string verb, string[] segments) =>
        _methods.FindAll(method => method.Verb == verb && method.Paths.Any(path => path.Match(segments) is not null));

    private static IEnumerable<DiscoveryMethod> Read(string file)
    {
        var document = JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;
        var schemas = new SchemaCheck(document.GetProperty("schemas"));
        var shared = document.GetProperty("parameters");
        var service = document.GetProperty("servicePath").GetString() ?? "";
        return Methods(document).Select(method => new DiscoveryMethod(method, shared, schemas, Templates(method, service)));
    }

    private static IEnumerable<JsonElement> Methods(JsonElement resource)
    {
        if (resource.TryGetProperty("methods", out var methods))
        {
            foreach (var method in methods.EnumerateObject())
                yield return method.Value;
        }

        if (resource.TryGetProperty("resources", out var resources))
        {
            foreach (var method in resources.EnumerateObject().SelectMany(inner => Methods(inner.Value)))
                yield return method;
        }
    }

    private static IEnumerable<PathTemplate> Templates(JsonElement method, string service)
    {
        var path = method.TryGetProperty("flatPath", out var flat) ? flat : method.GetProperty("path");
        yield return new(service + path.GetString());
        if (method.TryGetProperty("mediaUpload", out var upload) && upload.GetProperty("protocols").TryGetProperty("simple", out var simple))
            yield return new(simple.GetProperty("path").GetString() ?? "");
    }
}
