namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>Which method answers which path.</summary>
internal sealed class Routes
{
    private readonly List<(string Method, PathTemplate Template, Func<Call, Answer> Handler)> _routes = [];

    /// <param name="route">For example <c>POST v1/projects/{project}/serviceAccounts</c>.</param>
    public void Add(string route, Func<Call, Answer> handler)
    {
        var parts = route.Split(' ');
        _routes.Add((parts[0], new(parts[1]), handler));
    }

    /// <exception cref="GoogleError">404, when there is no such method.</exception>
    public (Func<Call, Answer> Handler, IReadOnlyDictionary<string, string> Path) Find(string method, string[] segments)
    {
        foreach (var route in _routes)
        {
            if (route.Method == method && route.Template.Match(segments) is { } path)
                return (route.Handler, path);
        }

        throw GoogleError.NotFound("Method not found.");
    }
}
