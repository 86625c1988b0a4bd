using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace NhiGrains.GraphQL.Tests.Transport;

public class HttpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_authenticated_user_is_the_user_of_the_execution()
    {
        await using var server = await SampleServer.StartAsync();

        var (status, answer) = await PostAsync(server, new { query = "{ whoAmI }" });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("ann", answer.GetProperty("data").GetProperty("whoAmI").GetString());
    }

    [Fact]
    public async Task An_anonymous_request_is_401_before_anything_is_read()
    {
        await using var server = await SampleServer.StartAsync();
        server.Http.DefaultRequestHeaders.Authorization = null;

        using var response = await server.Http.PostAsJsonAsync(server.Url, new { query = "{ hello }" }, Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("UNAUTHENTICATED", Code(await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)));
    }

    [Fact]
    public async Task An_anonymous_request_is_served_where_the_option_says_so()
    {
        await using var server = await SampleServer.StartAsync(options => options.RequireAuthenticatedUser = false);
        server.Http.DefaultRequestHeaders.Authorization = null;

        var (_, answer) = await PostAsync(server, new { query = "{ whoAmI }" });

        Assert.Equal("anonymous", answer.GetProperty("data").GetProperty("whoAmI").GetString());
    }

    [Theory]
    [InlineData("*/*", "application/json")]
    [InlineData("application/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/graphql-response+json", "application/graphql-response+json")]
    [InlineData("application/json, application/graphql-response+json", "application/graphql-response+json")]
    [InlineData("application/graphql-response+json;q=0.5, application/json", "application/json")]
    [InlineData("application/graphql-response+json;q=0, */*", "application/json")]
    public async Task Accept_decides_the_media_type(string accept, string expected)
    {
        await using var server = await SampleServer.StartAsync();
        using var request = Post(server, """{"query":"{ hello }"}""");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("utf-8", response.Content.Headers.ContentType?.CharSet);
    }

    [Fact]
    public async Task An_accept_that_we_cannot_serve_is_406()
    {
        await using var server = await SampleServer.StartAsync();
        using var request = Post(server, """{"query":"{ hello }"}""");
        request.Headers.TryAddWithoutValidation("Accept", "text/html");

        using var response = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task A_post_that_is_not_json_in_utf_8_is_415(string contentType)
    {
        await using var server = await SampleServer.StartAsync();
        using var request = Post(server, """{"query":"{ hello }"}""");
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType); // Set by Post.

        using var response = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_mutation_by_get_is_405_and_says_which_method_to_use()
    {
        await using var server = await SampleServer.StartAsync();

        using var response = await server.Http.GetAsync(WithQuery(server, "mutation { add(a: 1, b: 2) }"), Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("POST", string.Join(',', response.Content.Headers.Allow));
    }

    [Fact]
    public async Task Put_is_405()
    {
        await using var server = await SampleServer.StartAsync();

        using var response = await server.Http.PutAsJsonAsync(server.Url, new { query = "{ hello }" }, Cancellation);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", null, HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", null, HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://portal.example", null, HttpStatusCode.OK)]
    [InlineData("Origin", "https://evil.example", "GraphQL-Require-Preflight", HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "same-origin", null, HttpStatusCode.OK)]
    [InlineData("Sec-Fetch-Site", "none", null, HttpStatusCode.OK)]
    public async Task A_get_by_another_site_needs_a_preflight_header(
        string header, string value, string? preflight, HttpStatusCode expected)
    {
        await using var server = await SampleServer.StartAsync(options => options.AllowedOrigins.Add("https://portal.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, WithQuery(server, "{ hello }"));
        request.Headers.Add(header, value);
        if (preflight is not null)
            request.Headers.Add(preflight, "1");

        using var response = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413_with_or_without_a_length(bool chunked)
    {
        await using var server = await SampleServer.StartAsync(options => options.MaxBodyBytes = 1_000);
        using var request = Post(server, JsonSerializer.Serialize(new { query = "{ hello }", extensions = new { x = new string('x', 1_000) } }));
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await server.Http.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""[{"query":"{ hello }"}]""")]
    [InlineData("""{"query":"{ hello }"} {}""")]
    [InlineData("""{"query":null}""")]
    [InlineData("""{"query":"{ hello }","variables":[]}""")]
    public async Task A_body_that_is_no_operation_is_400_under_either_media_type(string body)
    {
        await using var server = await SampleServer.StartAsync();

        foreach (var accept in (string[])["application/json", "application/graphql-response+json"])
        {
            using var request = Post(server, body);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await server.Http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_unexpected_exception_is_hidden_and_found_in_the_log_by_its_correlation()
    {
        await using var server = await SampleServer.StartAsync();

        var (_, answer) = await PostAsync(server, new { query = "{ hello fails }" });

        var error = answer.GetProperty("errors")[0];
        Assert.Equal("INTERNAL", Code(answer));
        Assert.DoesNotContain("hunter2", answer.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.GetRawText(), StringComparison.Ordinal);
        var correlation = error.GetProperty("extensions").GetProperty("correlation").GetString();
        Assert.NotNull(correlation);
        Assert.Contains(server.Log.Lines, line => line.Contains(correlation, StringComparison.Ordinal)
            && line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ hello(name: \"sesame\"")]
    [InlineData("{ nowhere(name: \"sesame\") }")]
    [InlineData("{ hello(name: \"sesame\") }")]
    [InlineData("{ fails other: hello(name: \"sesame\") }")]
    public async Task The_text_of_a_document_is_never_logged(string query)
    {
        await using var server = await SampleServer.StartAsync();

        await PostAsync(server, new { query });

        Assert.DoesNotContain(server.Log.Lines, line => line.Contains("sesame", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_operation_over_its_time_is_answered_with_TIMEOUT()
    {
        await using var server = await SampleServer.StartAsync(options => options.ExecutionTimeout = TimeSpan.FromMilliseconds(50));

        var (_, answer) = await PostAsync(server, new { query = "{ slow }" });

        Assert.Equal("TIMEOUT", Code(answer));
    }

    [Fact]
    public async Task A_repeated_document_still_has_its_variables_checked()
    {
        await using var server = await SampleServer.StartAsync();
        const string query = "query ($values: [Int!]!) { sum(values: $values) }";

        for (var values = 1; values <= 3; values++)
        {
            var (_, sum) = await PostAsync(server, new { query, variables = new { values = Enumerable.Repeat(1, values) } });
            Assert.Equal(values, sum.GetProperty("data").GetProperty("sum").GetInt32());
        }

        var (_, answer) = await PostAsync(server, new { query, variables = new { values = "no list" } });
        Assert.True(answer.TryGetProperty("errors", out _));
        Assert.False(answer.TryGetProperty("data", out _));
    }

    private static string? Code(JsonElement answer) =>
        answer.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code").GetString();

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(SampleServer server, object body)
    {
        using var response = await server.Http.PostAsJsonAsync(server.Url, body, Cancellation);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation));
    }

    private static HttpRequestMessage Post(SampleServer server, string json) =>
        new(HttpMethod.Post, server.Url) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    private static Uri WithQuery(SampleServer server, string query) => new($"{server.Url}?query={Uri.EscapeDataString(query)}");
}
