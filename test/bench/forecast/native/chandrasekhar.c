// The exact likelihood of a stationary ARMA as wasm/kernels/arima computes it (model, autocovariance, likelihood,
// innovations), step by step in C: what the same algorithm costs without WebAssembly. The names are those of the kernel,
// where the papers are cited too. Loops are plain: vectors are the compiler's business here.
//
// A request is a line of numbers: isWhole p q P Q m hasMean n leastMs, the p + q + P + Q coefficients, the n values. It is
// repeated for at least leastMs; the answer is a line of JSON. isWhole 0 times the evaluation alone, as an optimiser does
// it thousands of times on one series; isWhole 1 also the scaling of the series and of the innovations, as one call does.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_STATE 512
static const double SETTLED = 1e-12;

// --- model ---
static int p, q, seasonalP, seasonalQ, season;
static int arOrder, maOrder, stateLength, coefficientCount;
static double coefficients[4 * MAX_STATE], ar[MAX_STATE + 4], ma[MAX_STATE + 4];
static int arLags[MAX_STATE], maLags[MAX_STATE], arLagCount, maLagCount;

static int max(int a, int b) { return a > b ? a : b; }
static int min(int a, int b) { return a < b ? a : b; }
static double theta(int j) { return j == 0 ? 1.0 : ma[j - 1]; }

static bool shape(void) {
  arOrder = p + seasonalP * season;
  maOrder = q + seasonalQ * season;
  stateLength = max(max(arOrder, maOrder + 1), 1);
  coefficientCount = p + q + seasonalP + seasonalQ;
  // Zero from the orders to the state's length and beyond: the model before was another one.
  memset(ar, 0, sizeof ar);
  memset(ma, 0, sizeof ma);
  return min(min(p, q), min(seasonalP, seasonalQ)) >= 0 && season >= 0 && stateLength <= MAX_STATE;
}

static void expand(int from, int count, int seasonalFrom, int seasonalCount, double crossSign, double *out, int order) {
  memset(out, 0, sizeof(double) * (size_t)order);
  for (int i = 0; i < count; i++) out[i] = coefficients[from + i];
  for (int s = 1; s <= seasonalCount; s++) {
    const double seasonal = coefficients[seasonalFrom + s - 1];
    const int lag = s * season;
    out[lag - 1] += seasonal;
    for (int i = 1; i <= count; i++) out[lag + i - 1] += crossSign * seasonal * coefficients[from + i - 1];
  }
}

static int listLags(int count, int seasonalCount, int *lags) {
  const int order = count + seasonalCount * season;
  int listed = 0;
  for (int lag = 1; lag <= order; lag++) {
    const bool isOwn = season == 0 || seasonalCount == 0 ? lag <= count : lag % season <= count || lag <= count;
    const bool isCross = seasonalCount > 0 && lag >= season && (lag % season <= count || count >= season);
    if (isOwn || isCross) lags[listed++] = lag;
  }
  return listed;
}

static void setCoefficients(const double *given) {
  memcpy(coefficients, given, sizeof(double) * (size_t)coefficientCount);
  expand(0, p, p + q, seasonalP, -1.0, ar, arOrder);
  expand(p, q, p + q + seasonalP, seasonalQ, 1.0, ma, maOrder);
  arLagCount = listLags(p, seasonalP, arLags);
  maLagCount = listLags(q, seasonalQ, maLags);
}

// --- autocovariance ---
static double firstColumn[MAX_STATE + 4], impulse[MAX_STATE + 1], reflection[MAX_STATE + 1];
static double polynomial[MAX_STATE + 1], previous[MAX_STATE + 1], arCovariance[2 * MAX_STATE + 2];
static double covariance[MAX_STATE + 1], maProducts[MAX_STATE + 1];

static bool autoregression(void) {
  memcpy(polynomial, ar, sizeof(double) * (size_t)arOrder);
  double variance = 1.0;
  for (int k = arOrder; k >= 1; k--) {
    const double kappa = polynomial[k - 1];
    const double remainder = 1.0 - kappa * kappa;
    if (!(remainder > 1e-14)) return false;
    reflection[k] = kappa;
    variance /= remainder;
    memcpy(previous, polynomial, sizeof(double) * (size_t)k);
    for (int j = 1; j < k; j++) polynomial[j - 1] = (previous[j - 1] + kappa * previous[k - j - 1]) / remainder;
  }
  arCovariance[0] = variance;
  for (int k = 1; k <= arOrder; k++) {
    const double kappa = reflection[k];
    double sum = kappa * variance;
    for (int j = 1; j < k; j++) sum += polynomial[j - 1] * arCovariance[k - j];
    arCovariance[k] = sum;
    memcpy(previous, polynomial, sizeof(double) * (size_t)(k - 1));
    for (int j = 1; j < k; j++) polynomial[j - 1] = previous[j - 1] - kappa * previous[k - j - 1];
    polynomial[k - 1] = kappa;
    variance *= 1.0 - kappa * kappa;
  }
  for (int k = arOrder + 1; k <= arOrder + maOrder; k++) {
    double sum = 0.0;
    for (int j = 1; j <= arOrder; j++) sum += ar[j - 1] * arCovariance[k - j];
    arCovariance[k] = sum;
  }
  return true;
}

static bool start(void) {
  if (!autoregression()) return false;
  for (int lag = 0; lag <= maOrder; lag++) {
    double sum = 0.0;
    for (int j = 0; j + lag <= maOrder; j++) sum += theta(j) * theta(j + lag);
    maProducts[lag] = sum;
  }
  for (int lag = 0; lag <= arOrder; lag++) {
    double sum = maProducts[0] * arCovariance[lag];
    for (int j = 1; j <= maOrder; j++) sum += maProducts[j] * (arCovariance[lag + j] + arCovariance[abs(lag - j)]);
    covariance[lag] = sum;
  }
  for (int lag = 0; lag <= maOrder; lag++) {
    double sum = theta(lag);
    for (int j = 1; j <= min(lag, arOrder); j++) sum += ar[j - 1] * impulse[lag - j];
    impulse[lag] = sum;
  }
  firstColumn[0] = covariance[0];
  for (int i = 1; i < stateLength; i++) {
    double sum = 0.0;
    for (int j = i + 1; j <= arOrder; j++) sum += ar[j - 1] * covariance[j - i];
    for (int j = i; j <= maOrder; j++) sum += theta(j) * impulse[j - i];
    firstColumn[i] = sum;
  }
  return isfinite(firstColumn[0]) && firstColumn[0] > 0.0;
}

// --- innovations ---
static double innovateLowOrder(const double *w, double *restrict e, int from, int n) {
  const double ar1 = arOrder > 0 ? ar[0] : 0.0, ar2 = arOrder > 1 ? ar[1] : 0.0;
  const double ma1 = maOrder > 0 ? ma[0] : 0.0, ma2 = maOrder > 1 ? ma[1] : 0.0;
  double w1 = w[from - 1], w2 = w[from - 2], e1 = e[from - 1], e2 = e[from - 2];
  double sum = 0.0;
  for (int t = from; t < n; t++) {
    const double w0 = w[t];
    const double value = w0 - ar1 * w1 - ar2 * w2 - ma2 * e2 - ma1 * e1;
    e[t] = value;
    sum += value * value;
    e2 = e1;
    e1 = value;
    w2 = w1;
    w1 = w0;
  }
  return sum;
}

static double innovate(const double *w, double *restrict e, int from, int n) {
  if (arOrder <= 2 && maOrder <= 2 && from >= 2) return innovateLowOrder(w, e, from, n);
  double sum = 0.0;
  for (int t = from; t < n; t++) {
    double value = w[t];
    for (int i = 0; i < arLagCount && arLags[i] <= t; i++) value -= ar[arLags[i] - 1] * w[t - arLags[i]];
    for (int i = 0; i < maLagCount && maLags[i] <= t; i++) value -= ma[maLags[i] - 1] * e[t - maLags[i]];
    e[t] = value;
    sum += value * value;
  }
  return sum;
}

// --- likelihood ---
static double gain[MAX_STATE + 4], update[MAX_STATE + 4], state[MAX_STATE + 4], unitState[MAX_STATE + 4];
static double *ones, *unitInnovations;
static double sumSquares, sumLogVariance, mean;
static bool withMean;

static void advanceState(double *restrict x, double weight) {
  const double head = x[0];
  for (int i = 0; i < stateLength; i++) x[i] = x[i + 1] + (ar[i] * head + gain[i] * weight);
}

static void advanceGain(double first, double scaled, double ratio) {
  for (int i = 0; i < stateLength; i++) {
    const double moved = update[i + 1] + ar[i] * first;
    const double next = gain[i] + moved * scaled;
    gain[i] = next;
    update[i] = moved - next * ratio;
  }
}

static double run(const double *w, double *e, int n) {
  if (!start()) return INFINITY;
  const int r = stateLength;
  for (int i = 0; i < r; i++) gain[i] = (i < r - 1 ? firstColumn[i + 1] : 0.0) + ar[i] * firstColumn[0];
  for (int i = r; i < r + 4; i++) gain[i] = 0.0;
  memcpy(update, gain, sizeof(double) * (size_t)(r + 4));
  memset(state, 0, sizeof(double) * (size_t)(r + 4));
  memset(unitState, 0, sizeof(double) * (size_t)(r + 4));
  double variance = firstColumn[0];
  double scale = -1.0 / variance;
  double seriesSquares = 0.0, crossProducts = 0.0, unitSquares = 0.0, logProduct = 0.0, product = 1.0;
  const int lags = max(arOrder, maOrder);
  const int earliest = max(lags, 2);
  int settledFor = 0, t = 0;
  for (; t < n; t++) {
    settledFor = variance < 1.0 + SETTLED ? settledFor + 1 : 0;
    if (settledFor > lags && t >= earliest) break;
    const double inverse = 1.0 / variance;
    const double v = w[t] - state[0];
    e[t] = v;
    seriesSquares += v * v * inverse;
    advanceState(state, v * inverse);
    if (withMean) {
      const double unit = 1.0 - unitState[0];
      unitInnovations[t] = unit;
      crossProducts += v * unit * inverse;
      unitSquares += unit * unit * inverse;
      advanceState(unitState, unit * inverse);
    }
    product *= variance;
    if (product > 1e100 || product < 1e-100) {
      logProduct += log(product);
      product = 1.0;
    }
    const double first = update[0];
    const double scaled = scale * first;
    const double next = variance + scaled * first;
    if (!(next > 0.0)) return INFINITY;
    advanceGain(first, scaled, first / next);
    scale += scaled * scaled * inverse;
    variance = next;
  }
  if (t < n) {
    seriesSquares += innovate(w, e, t, n);
    if (withMean) {
      innovate(ones, unitInnovations, t, n);
      for (int s = t; s < n; s++) {
        crossProducts += e[s] * unitInnovations[s];
        unitSquares += unitInnovations[s] * unitInnovations[s];
      }
    }
  }
  sumLogVariance = logProduct + log(product);
  mean = withMean && unitSquares > 0.0 ? crossProducts / unitSquares : 0.0;
  sumSquares = seriesSquares - mean * crossProducts;
  const double objective = 0.5 * (log(sumSquares / n) + sumLogVariance / n);
  return isfinite(objective) ? objective : INFINITY;
}

// --- one call: index.ts ---
static double *given, *series, *innovations;
static double spread;

static bool standardise(int n) {
  double largest = 0.0, relativeMean = 0.0, squares = 0.0;
  for (int t = 0; t < n; t++) {
    if (!isfinite(given[t])) return false;
    largest = fmax(largest, fabs(given[t]));
  }
  if (!(largest > 1e-290)) return false;
  if (withMean) {
    for (int t = 0; t < n; t++) relativeMean += given[t] / largest;
    relativeMean /= n;
  }
  for (int t = 0; t < n; t++) {
    const double deviation = given[t] / largest - relativeMean;
    squares += deviation * deviation;
  }
  const double relativeSpread = sqrt(squares / n);
  if (!(relativeSpread > 1e-14)) return false;
  spread = relativeSpread * largest;
  for (int t = 0; t < n; t++) series[t] = (given[t] / largest - relativeMean) / relativeSpread;
  return true;
}

static double evaluateWhole(const double *at, int n) {
  if (!standardise(n)) return INFINITY;
  setCoefficients(at);
  const double objective = run(series, innovations, n);
  for (int t = 0; t < n; t++) {
    const double unit = withMean ? mean * unitInnovations[t] : 0.0;
    innovations[t] = (innovations[t] - unit) * spread;
  }
  return objective;
}

/** Of this process, ns: what other programs take of the processor is not in it. */
static double cpuTime(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static double *columnOf(int n) {
  double *column = calloc((size_t)n + 4, sizeof(double));
  if (!column) exit(1);
  return column;
}

static void answer(bool isWhole, int n, double leastMs) {
  double at[4 * MAX_STATE];
  given = columnOf(n), series = columnOf(n), innovations = columnOf(n), ones = columnOf(n), unitInnovations = columnOf(n);
  for (int i = 0; i < coefficientCount; i++)
    if (scanf("%lf", &at[i]) != 1) exit(1);
  for (int t = 0; t < n; t++) {
    if (scanf("%lf", &given[t]) != 1) exit(1);
    ones[t] = 1.0;
  }
  double objective = evaluateWhole(at, n);
  int64_t evaluations = 0;
  const double started = cpuTime();
  double taken = 0.0;
  // The clock is asked every so often only: it costs as much as a short evaluation.
  for (int64_t batch = 1; taken < leastMs * 1e6; batch *= 2) {
    for (int64_t i = 0; i < batch; i++) {
      if (isWhole) {
        objective = evaluateWhole(at, n);
      } else {
        setCoefficients(at);
        objective = run(series, innovations, n);
      }
    }
    evaluations += batch;
    taken = cpuTime() - started;
  }
  const double logLikelihood = -0.5 * n * (log(2.0 * M_PI) + 1.0 + 2.0 * log(spread)) - n * objective;
  if (isfinite(logLikelihood)) printf("{\"ms\":%.9g,\"logLikelihood\":%.17g}\n", taken / 1e6 / (double)evaluations, logLikelihood);
  else printf("{\"error\":\"no finite likelihood\"}\n");
  fflush(stdout);
  free(given), free(series), free(innovations), free(ones), free(unitInnovations);
}

int main(void) {
  printf("{\"ready\":\"C, compiler %s\"}\n", __VERSION__);
  fflush(stdout);
  int isWhole, hasMean, n;
  double leastMs;
  while (scanf("%d %d %d %d %d %d %d %d %lf", &isWhole, &p, &q, &seasonalP, &seasonalQ, &season, &hasMean, &n, &leastMs) == 9) {
    if (!shape() || n < 3) return 1;
    withMean = hasMean != 0;
    answer(isWhole != 0, n, leastMs);
  }
  return 0;
}
