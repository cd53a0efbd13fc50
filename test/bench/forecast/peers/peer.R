# R's own arima() and the forecast package, a request a line (contestant.mjs). Sys.time() counts microseconds.
has <- function(package) requireNamespace(package, quietly = TRUE)
if (!has("jsonlite")) {
  cat('{"missing":"jsonlite"}\n')
  quit(status = 0)
}
version <- paste0("R ", getRversion(), if (has("forecast")) paste0(", forecast ", packageVersion("forecast")))

timed <- function(least_ms, work) {
  count <- 0
  started <- Sys.time()
  repeat {
    result <- work()
    count <- count + 1
    taken <- as.numeric(Sys.time() - started, units = "secs") * 1000
    if (taken >= least_ms) break
  }
  list(ms = taken / count, result = result)
}

# With its standard errors: arima() always takes the Hessian.
fit <- function(request) {
  o <- request$order
  seasonal <- list(order = c(o$P, o$D, o$Q), period = o$m)
  measured <- timed(request$leastMs, function()
    stats::arima(request$series, order = c(o$p, o$d, o$q), seasonal = seasonal, method = request$method))
  list(ms = measured$ms, logLikelihood = measured$result$loglik)
}

auto <- function(request) {
  x <- ts(request$series, frequency = request$season)
  measured <- timed(request$leastMs, function() forecast::auto.arima(x))
  list(ms = measured$ms, model = as.character(measured$result))
}

# The mean of three methods, the strongest simple combination of this package.
combination <- function(request) {
  x <- ts(request$series, frequency = request$season)
  h <- request$horizon
  measured <- timed(request$leastMs, function() {
    parts <- list(
      forecast::forecast(forecast::auto.arima(x), h = h, level = 95),
      forecast::forecast(forecast::ets(x), h = h, level = 95),
      forecast::thetaf(x, h = h, level = 95))
    Reduce(`+`, lapply(parts, function(part) part$mean)) / 3
  })
  list(ms = measured$ms)
}

tasks <- list(fit = fit)
if (has("forecast")) tasks <- c(tasks, auto = auto, combination = combination)

say <- function(answer) {
  cat(jsonlite::toJSON(answer, auto_unbox = TRUE, digits = NA), "\n", sep = "")
  flush(stdout())
}

input <- file("stdin", "r")
say(list(ready = version))
while (length(line <- readLines(input, n = 1)) > 0) {
  request <- jsonlite::fromJSON(line)
  task <- tasks[[request$task]]
  answer <- if (is.null(task)) list(missing = "not installed") else
    tryCatch(suppressWarnings(task(request)), error = function(e) list(error = conditionMessage(e)))
  say(answer)
}
