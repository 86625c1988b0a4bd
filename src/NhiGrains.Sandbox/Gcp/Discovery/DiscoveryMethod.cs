using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Http;

namespace NhiGrains.Sandbox.Gcp.Discovery;

/// <summary>What one method takes and gives.</summary>
internal sealed class DiscoveryMethod(JsonElement method, JsonElement shared, SchemaCheck schemas, IEnumerable<PathTemplate> paths)
{
    public string Id { get; } = method.GetProperty("id").GetString() ?? "";

    public string Verb { get; } = method.GetProperty("httpMethod").GetString() ?? "";

    public List<PathTemplate> Paths { get; } = [.. paths];

    /// <summary>Cloud Storage's API is older than the others and forgives unknown parameters.</summary>
    private bool Forgives => Id.StartsWith("storage.", StringComparison.Ordinal);

    /// <exception cref="GoogleError">400, in Google's words.</exception>
    public void CheckRequest(Call call)
    {
        foreach (var (name, values) in call.Query)
        {
            if (Parameter(name) is not { } parameter)
            {
                if (Forgives)
                    continue;
                throw GoogleError.Invalid(
                    $"Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. "
                    + $"Field '{name}' could not be found in request message.");
            }

            // Of a method that gives bytes too, the enumeration says nothing of it.
            if (name == "alt" && values == "media" && method.TryGetProperty("supportsMediaDownload", out var media) && media.GetBoolean())
                continue;
            foreach (var value in values)
                schemas.Check(parameter, JsonValue.Create(value), name, isRequest: true);
        }

        if (method.TryGetProperty("request", out var request))
            schemas.Check(request, call.Body, "", isRequest: true);
        else if (call.Body.Count > 0)
            throw GoogleError.Invalid($"Invalid JSON payload received. Unknown name \"{call.Body.First().Key}\": Cannot find field.");
    }

    /// <exception cref="InvalidOperationException">The sandbox answers with what Google would not: it is wrong.</exception>
    public void CheckAnswer(JsonObject? json)
    {
        try
        {
            if (method.TryGetProperty("response", out var response))
                schemas.Check(response, json ?? [], "", isRequest: false);
            else if (json is not null)
                throw GoogleError.Invalid("The method answers without JSON.");
        }
        catch (GoogleError wrong)
        {
            throw new InvalidOperationException(
                $"The sandbox's own answer to {Id} is not as Google's discovery document has it: {wrong.Message}", wrong);
        }
    }

    private JsonElement? Parameter(string name) =>
        method.TryGetProperty("parameters", out var own) && own.TryGetProperty(name, out var parameter) ? parameter
        : shared.TryGetProperty(name, out parameter) ? parameter
        : null;
}
